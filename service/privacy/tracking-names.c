/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names of click ids and campaign tags: a table with its sources, and how a name is found in it.
 * What is done with such a parameter is tracking-parameters.c's business. Called from there and by
 * request-scrub, on worker threads.
 */
#include "privacy/tracking-names.h"

#define NAME_MAX_BYTES 40

#define N(literal) NJ_BYTES (literal)

/* Families of names, with the same meaning as below. */
static const NjBytes families[] = {
  /* clang-format off */
  N ("utm_"),       /* Urchin, now Google Analytics, and everybody after it */
  N ("mtm_"),       /* Matomo */
  N ("matomo_"),    /* Matomo */
  N ("piwik_"),     /* Piwik, now Matomo */
  N ("hsa_"),       /* HubSpot Ads */
  N ("__hs"),       /* HubSpot */
  N ("bsft_"),      /* Blueshift */
  N ("itm_"),       /* campaign tag within a site; AdGuard, ClearURLs */
  N ("otm_"),       /* campaign tag; ClearURLs */
  N ("hmb_"),       /* campaign tag; ClearURLs */
  N ("oly_"),       /* Omeda; Brave, Firefox, AdGuard, ClearURLs */
  N ("vero_"),      /* Vero; Brave, Firefox, AdGuard, ClearURLs */
  N ("guce_"),      /* Yahoo; Brave, AdGuard */
  N ("fb_action_"), /* Meta; Brave, AdGuard, ClearURLs */
  N ("ga_"),         /* Google Analytics; ClearURLs */
  N ("adjust_"),     /* Adjust; AdGuard */
  N ("_branch_"),    /* Branch; Brave */
  N ("mindbox-"),    /* Mindbox */
  N ("vn_"),         /* campaign tag; ClearURLs */
  N ("elq"),         /* Oracle Eloqua */
  N ("pd_rd_"),      /* Amazon */
  N ("pf_rd_"),      /* Amazon */
  N ("spot_im_"),    /* OpenWeb */
  N ("vsm_"),        /* campaign tag */
  N ("wiz_"),        /* WizRocket, now CleverTap */
  N ("__cft__"),     /* Meta */
  N ("__xts__"),     /* Meta */
  N ("iterable"),    /* Iterable */
  N ("taboola_"),    /* Taboola */
  N ("mt_sub"),      /* campaign tag */
  /* clang-format on */
};

/* Names that mean nothing to the page, in the order of their bytes: who sets them, and which browsers
 * and lists are known to cut them too. */
static const NjBytes parameters[] = {
  /* clang-format off */
  N (".tsrc"),                    /* Yahoo */
  N ("Echobox"),                  /* Echobox; ClearURLs */
  N ("LGWCODE"),                  /* affiliate network */
  N ("OutbrainClickId"),          /* Outbrain */
  N ("ScCid"),                    /* Snap */
  N ("WT.mc_ev"),                 /* Webtrends */
  N ("WT.mc_id"),                 /* Webtrends */
  N ("WT.srch"),                  /* Webtrends */
  N ("WT.tsrc"),                  /* Webtrends */
  N ("__io_lv"),                  /* affiliate network */
  N ("__s"),                      /* Drip; Brave, Firefox, ClearURLs */
  N ("__tn__"),                   /* Meta */
  N ("__twitter_impression"),     /* X; ClearURLs */
  N ("_bhlid"),                   /* Beehiiv */
  N ("_bta_c"),                   /* Bronto */
  N ("_bta_tid"),                 /* Bronto */
  N ("_clde"),                    /* affiliate network */
  N ("_cldee"),                   /* affiliate network */
  N ("_ga"),                      /* Google Analytics; AdGuard, ClearURLs */
  N ("_gl"),                      /* Google Analytics; Brave, AdGuard, ClearURLs */
  N ("_hsenc"),                   /* HubSpot; Brave, Firefox, AdGuard, ClearURLs */
  N ("_hsmi"),                    /* HubSpot */
  N ("_io_session_id"),           /* affiliate network; AdGuard */
  N ("_ke"),                      /* Klaviyo */
  N ("_kx"),                      /* Klaviyo; Brave, AdGuard */
  N ("_ly_c"),                    /* Linkly */
  N ("_ly_r"),                    /* Linkly */
  N ("_ly_t"),                    /* Linkly */
  N ("_openstat"),                /* Yandex */
  N ("_sgm_action"),              /* campaign tag; AdGuard */
  N ("_sgm_campaign"),            /* campaign tag; AdGuard */
  N ("_sgm_pinned"),              /* campaign tag */
  N ("_sgm_source"),              /* campaign tag */
  N ("_trkparms"),                /* eBay */
  N ("_trksid"),                  /* eBay */
  N ("_zucks_suid"),              /* affiliate network; AdGuard */
  N ("a8"),                       /* A8.net */
  N ("action_object_map"),        /* Meta; AdGuard, ClearURLs */
  N ("action_ref_map"),           /* Meta */
  N ("action_type_map"),          /* Meta */
  N ("adfrom"),                   /* affiliate network; AdGuard */
  N ("admitad_uid"),              /* Admitad; AdGuard */
  N ("adobe_mc"),                 /* Adobe */
  N ("adobe_mc_ref"),             /* Adobe */
  N ("adobe_mc_sdid"),            /* Adobe */
  N ("aiad_clid"),                /* affiliate network; AdGuard */
  N ("asc_campaign"),             /* Amazon Attribution */
  N ("asc_refurl"),               /* Amazon Attribution */
  N ("asc_source"),               /* Amazon Attribution */
  N ("ascsubtag"),                /* Amazon */
  N ("asgtbndr"),                 /* affiliate network; AdGuard */
  N ("at_bbc_team"),              /* Piano */
  N ("at_campaign"),              /* Piano */
  N ("at_campaign_type"),         /* Piano */
  N ("at_creation"),              /* Piano */
  N ("at_custom1"),               /* Piano */
  N ("at_custom2"),               /* Piano */
  N ("at_custom3"),               /* Piano */
  N ("at_custom4"),               /* Piano */
  N ("at_emailtype"),             /* Piano */
  N ("at_format"),                /* Piano */
  N ("at_link"),                  /* Piano */
  N ("at_link_id"),               /* Piano */
  N ("at_link_origin"),           /* Piano */
  N ("at_link_type"),             /* Piano */
  N ("at_medium"),                /* Piano */
  N ("at_ptr_name"),              /* Piano */
  N ("at_recipient_id"),          /* Piano; Brave */
  N ("at_recipient_list"),        /* Piano; Brave */
  N ("at_variant"),               /* Piano */
  N ("awc"),                      /* Awin; AdGuard */
  N ("awin_mid"),                 /* Awin */
  N ("bbeml"),                    /* mail sender; Brave */
  N ("bd_vid"),                   /* Baidu */
  N ("bemobdata"),                /* BeMob */
  N ("beyond_uzcid"),             /* campaign tag */
  N ("ceneo_cid"),                /* Ceneo */
  N ("ceneo_spo"),                /* Ceneo; ClearURLs */
  N ("cjclickid"),                /* affiliate network */
  N ("cjdata"),                   /* affiliate network */
  N ("cjevent"),                  /* affiliate network */
  N ("ck_subscriber_id"),         /* Kit */
  N ("clickref"),                 /* Partnerize */
  N ("cm_cr"),                    /* Coremetrics; AdGuard */
  N ("cm_lm"),                    /* Coremetrics */
  N ("cm_me"),                    /* Coremetrics; AdGuard */
  N ("cm_mmc"),                   /* Coremetrics */
  N ("cm_mmca1"),                 /* Coremetrics */
  N ("cm_mmca2"),                 /* Coremetrics */
  N ("cm_mmca3"),                 /* Coremetrics */
  N ("cm_mmca4"),                 /* Coremetrics */
  N ("cm_mmca5"),                 /* Coremetrics */
  N ("cm_re"),                    /* Coremetrics */
  N ("cm_sp"),                    /* Coremetrics */
  N ("cmpid"),                    /* campaign tag; AdGuard, ClearURLs */
  N ("cndid"),                    /* Condé Nast */
  N ("cuid"),                     /* affiliate network; AdGuard */
  N ("cx_click"),                 /* Cxense */
  N ("cx_recsOrder"),             /* Cxense */
  N ("cx_recsWidget"),            /* Cxense; AdGuard */
  N ("dclid"),                    /* Google Ads */
  N ("dicbo"),                    /* Outbrain */
  N ("dm_i"),                     /* Dotdigital */
  N ("dm_t"),                     /* Dotdigital */
  N ("dpg_campaign"),             /* campaign tag; AdGuard */
  N ("dpg_content"),              /* campaign tag */
  N ("dpg_medium"),               /* campaign tag; AdGuard */
  N ("dpg_source"),               /* campaign tag; AdGuard */
  N ("ebisAdID"),                 /* affiliate network; AdGuard */
  N ("ebisOther1"),               /* affiliate network */
  N ("ebisOther2"),               /* affiliate network */
  N ("ebisOther3"),               /* affiliate network */
  N ("ebisOther4"),               /* affiliate network */
  N ("ebisOther5"),               /* affiliate network */
  N ("ef_id"),                    /* Adobe */
  N ("efid"),                     /* Adobe */
  N ("email_referrer"),           /* mail sender */
  N ("emci"),                     /* EveryAction */
  N ("emdi"),                     /* EveryAction */
  N ("ems_dl"),                   /* mail sender */
  N ("epik"),                     /* Pinterest */
  N ("et_cid"),                   /* Salesforce Marketing Cloud */
  N ("et_rid"),                   /* Salesforce Marketing Cloud; Brave */
  N ("external_click_id"),        /* affiliate network; AdGuard */
  N ("famad_xuid"),               /* affiliate network; AdGuard */
  N ("fb_comment_id"),            /* Meta; Brave, AdGuard */
  N ("fb_ref"),                   /* Meta */
  N ("fb_source"),                /* Meta; AdGuard, ClearURLs */
  N ("fb_xd_fragment"),           /* Meta */
  N ("fbadid"),                   /* Meta */
  N ("fbclid"),                   /* Meta; Brave, Firefox, AdGuard, ClearURLs */
  N ("frommarket"),               /* Yandex */
  N ("gad_campaignid"),           /* Google Ads */
  N ("gad_source"),               /* Google Ads */
  N ("gbraid"),                   /* Google Ads; Firefox, AdGuard */
  N ("gci"),                      /* affiliate network; AdGuard */
  N ("gclid"),                    /* Google Ads */
  N ("gclsrc"),                   /* Google Ads; AdGuard */
  N ("gdffi"),                    /* Gdeslon */
  N ("gdfms"),                    /* Gdeslon */
  N ("gdftrk"),                   /* Gdeslon */
  N ("gdt_vid"),                  /* Tencent */
  N ("gps_adid"),                 /* Adjust; AdGuard */
  N ("gs_l"),                     /* Google Ads; ClearURLs */
  N ("gs_lcp"),                   /* Google Ads */
  N ("gs_lcrp"),                  /* Google Ads */
  N ("gs_lp"),                    /* Google Ads */
  N ("guccounter"),               /* Yahoo; AdGuard */
  N ("hc_location"),              /* Meta */
  N ("hc_ref"),                   /* Meta */
  N ("hmci"),                     /* Baidu */
  N ("hmcu"),                     /* Baidu */
  N ("hmkw"),                     /* Baidu */
  N ("hmpl"),                     /* Baidu */
  N ("hmsr"),                     /* Baidu */
  N ("hsCtaTracking"),            /* HubSpot */
  N ("iclid"),                    /* Instacart */
  N ("igsh"),                     /* Meta */
  N ("igshid"),                   /* Meta; Firefox */
  N ("ir_adid"),                  /* Impact; AdGuard */
  N ("ir_campaignid"),            /* Impact; AdGuard */
  N ("ir_partnerid"),             /* Impact; AdGuard */
  N ("iradid"),                   /* Impact */
  N ("ircampaignid"),             /* Impact */
  N ("ircid"),                    /* Impact */
  N ("irclickid"),                /* Impact; Brave, AdGuard */
  N ("irgwc"),                    /* Impact */
  N ("irpid"),                    /* Impact */
  N ("lb_email"),                 /* mail address */
  N ("li_fat_id"),                /* LinkedIn */
  N ("maf"),                      /* affiliate network; AdGuard */
  N ("manual_cm_mmc"),            /* Coremetrics */
  N ("mc_cid"),                   /* Mailchimp; ClearURLs */
  N ("mc_eid"),                   /* Mailchimp */
  N ("mc_tc"),                    /* Mailchimp */
  N ("mibextid"),                 /* Meta */
  N ("mkcid"),                    /* eBay */
  N ("mkevt"),                    /* eBay */
  N ("mkrid"),                    /* eBay */
  N ("mkt_tok"),                  /* Marketo; Firefox, AdGuard, ClearURLs */
  N ("mkwid"),                    /* Marin */
  N ("ml_subscriber"),            /* MailerLite; Brave, Firefox, AdGuard, ClearURLs */
  N ("ml_subscriber_hash"),       /* MailerLite */
  N ("msclkid"),                  /* Microsoft Ads */
  N ("mt_adset"),                 /* campaign tag */
  N ("mt_campaign"),              /* campaign tag */
  N ("mt_creative"),              /* campaign tag */
  N ("mt_medium"),                /* campaign tag */
  N ("mt_network"),               /* campaign tag */
  N ("mt_placement"),             /* campaign tag */
  N ("mtm"),                      /* Matomo */
  N ("nb_expid_meta"),            /* campaign tag */
  N ("nb_klid"),                  /* campaign tag */
  N ("nb_placement"),             /* campaign tag */
  N ("ndclid"),                   /* Nextdoor */
  N ("ns_campaign"),              /* ComScore */
  N ("ns_fee"),                   /* ComScore */
  N ("ns_ige"),                   /* ComScore */
  N ("ns_linkname"),              /* ComScore */
  N ("ns_mchannel"),              /* ComScore */
  N ("ns_source"),                /* ComScore */
  N ("nx_source"),                /* affiliate network; AdGuard */
  N ("obOrigUrl"),                /* Outbrain */
  N ("oft_c"),                    /* mail sender; Brave, Firefox */
  N ("oft_ck"),                   /* mail sender; Brave, Firefox */
  N ("oft_d"),                    /* mail sender; Brave, Firefox */
  N ("oft_id"),                   /* mail sender; Brave, Firefox */
  N ("oft_ids"),                  /* mail sender; Brave, Firefox */
  N ("oft_k"),                    /* mail sender; Brave, Firefox */
  N ("oft_lk"),                   /* mail sender; Brave, Firefox */
  N ("oft_sk"),                   /* mail sender; Brave, Firefox */
  N ("omnisendAttributionID"),    /* Omnisend */
  N ("omnisendContactID"),        /* Omnisend */
  N ("oprtrack"),                 /* affiliate network; AdGuard */
  N ("os_ehash"),                 /* mail address; ClearURLs */
  N ("pcrid"),                    /* Marin */
  N ("personaclick_input_query"), /* PersonaClick */
  N ("personaclick_search_query"), /* PersonaClick */
  N ("pk_campaign"),              /* Piwik; AdGuard */
  N ("pk_cid"),                   /* Piwik */
  N ("pk_content"),               /* Piwik */
  N ("pk_keyword"),               /* Piwik */
  N ("pk_kwd"),                   /* Piwik */
  N ("pk_medium"),                /* Piwik */
  N ("pk_source"),                /* Piwik */
  N ("pk_vid"),                   /* Piwik; AdGuard */
  N ("pnespid"),                  /* Responsys */
  N ("qclid"),                    /* Quora */
  N ("qz_gdt"),                   /* Tencent */
  N ("ranEAID"),                  /* affiliate network */
  N ("ranMID"),                   /* affiliate network */
  N ("ranSiteID"),                /* affiliate network */
  N ("rb_clickid"),               /* ad network; Firefox, Brave, ClearURLs */
  N ("rdt_cid"),                  /* Reddit */
  N ("rees46_source"),            /* REES46 */
  N ("rfsn"),                     /* Refersion */
  N ("rtkcid"),                   /* affiliate network; AdGuard */
  N ("s_cid"),                    /* Adobe; Brave, Firefox, AdGuard, ClearURLs */
  N ("s_kwcid"),                  /* Adobe */
  N ("sb_referer_host"),          /* affiliate network */
  N ("sc_campaign"),              /* Snap */
  N ("sc_cid"),                   /* Adobe */
  N ("sc_customer"),              /* mail sender; Brave */
  N ("sc_eh"),                    /* mail sender; Brave */
  N ("sc_lid"),                   /* Salesforce */
  N ("sc_llid"),                  /* Snap */
  N ("sc_medium"),                /* Snap */
  N ("sc_src"),                   /* campaign tag */
  N ("sc_uid"),                   /* mail sender; Brave */
  N ("sca_ref"),                  /* UpPromote */
  N ("sca_source"),               /* UpPromote */
  N ("sccid"),                    /* Snap */
  N ("sfdcimpactsrc"),            /* Salesforce */
  N ("sfmc_activityid"),          /* Salesforce Marketing Cloud */
  N ("sfmc_id"),                  /* Salesforce Marketing Cloud */
  N ("sfmc_sub"),                 /* Salesforce Marketing Cloud */
  N ("sfmcid"),                   /* Salesforce Marketing Cloud */
  N ("sms_click"),                /* Attentive */
  N ("sms_source"),               /* Attentive */
  N ("sms_ss"),                   /* AddThis */
  N ("sms_uph"),                  /* Attentive */
  N ("soc_src"),                  /* Yahoo */
  N ("soc_trk"),                  /* Yahoo */
  N ("spm"),                      /* Alibaba */
  N ("spm_id_from"),              /* Alibaba */
  N ("spush"),                    /* SendPulse */
  N ("srsltid"),                  /* Google Ads; Brave, ClearURLs */
  N ("ss_campaign_id"),           /* mail sender */
  N ("ss_email_id"),              /* mail sender; Brave */
  N ("sscid"),                    /* ShareASale; AdGuard */
  N ("syclid"),                   /* Yandex */
  N ("tblci"),                    /* Taboola */
  N ("tduid"),                    /* Tradedoubler */
  N ("tracking_source"),          /* campaign tag; ClearURLs */
  N ("trkCampaign"),              /* LinkedIn */
  N ("trk_contact"),              /* Listrak */
  N ("trk_module"),               /* Listrak */
  N ("trk_msg"),                  /* Listrak */
  N ("trk_sid"),                  /* Listrak */
  N ("tt_content"),               /* TikTok */
  N ("tt_medium"),                /* TikTok */
  N ("ttclid"),                   /* TikTok */
  N ("tw_adid"),                  /* X */
  N ("tw_campaign"),              /* X */
  N ("tw_kwdid"),                 /* X */
  N ("twclid"),                   /* X; Brave, Firefox, AdGuard, ClearURLs */
  N ("uclick"),                   /* Binom */
  N ("uclickhash"),               /* Binom */
  N ("unicorn_click_id"),         /* ad network; Brave */
  N ("user_email_address"),       /* mail address; AdGuard */
  N ("vd_source"),                /* Bilibili */
  N ("vgo_ee"),                   /* ActiveCampaign */
  N ("vmcid"),                    /* affiliate network */
  N ("wbraid"),                   /* Google Ads; Brave, Firefox, AdGuard */
  N ("wickedid"),                 /* Wicked Reports */
  N ("wickedsource"),             /* Wicked Reports */
  N ("wt_cc1"),                   /* Mapp */
  N ("wt_mc"),                    /* Mapp; AdGuard, ClearURLs */
  N ("wt_mc_o"),                  /* Mapp */
  N ("wt_zmc"),                   /* Mapp; ClearURLs */
  N ("wtmc"),                     /* Mapp */
  N ("wtrid"),                    /* Mapp; ClearURLs */
  N ("xtcr"),                     /* Piano */
  N ("xtor"),                     /* Piano */
  N ("xtref"),                    /* Piano */
  N ("yadclid"),                  /* Yandex */
  N ("yadordid"),                 /* Yandex */
  N ("yclid"),                    /* Yandex; Brave, Firefox, AdGuard, ClearURLs */
  N ("yj_r"),                     /* Yahoo Japan */
  N ("ymclid"),                   /* Yandex; Brave */
  N ("ymid"),                     /* affiliate network; AdGuard */
  N ("yrclid"),                   /* Yandex */
  N ("ysclid"),                   /* Yandex; Brave, AdGuard */
  N ("zanpid"),                   /* Awin */
  N ("zarsrc"),                   /* Zalo */
  /* clang-format on */
};

#undef N

static int
compare (NjBytes a, NjBytes b)
{
  gsize n = MIN (a.len, b.len);
  int   order = n > 0 ? memcmp (a.data, b.data, n) : 0;

  return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/**
 * nj_tracking_names_has:
 * @name: the name of a parameter as it stands in a query
 *
 * Any thread.
 *
 * Returns: whether it is in the table, case and all
 */
gboolean
nj_tracking_names_has (NjBytes name)
{
  gsize low = 0;
  gsize high = G_N_ELEMENTS (parameters);

  if (name.len < 2 || name.len > NAME_MAX_BYTES)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if (name.len > families[i].len && nj_bytes_starts_with (name, families[i]))
      return TRUE;

  while (low < high)
    {
      gsize middle = (low + high) / 2;
      int   order = compare (name, parameters[middle]);

      if (order == 0)
        return TRUE;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }

  return FALSE;
}
