/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"
#include "filter/request-type.h"

G_BEGIN_DECLS

/* Why a line of a list is not used. Every one has a name that is shown per list. */
typedef enum
{
  NJ_REFUSAL_NONE,
  NJ_REFUSAL_UNKNOWN_OPTION,
  NJ_REFUSAL_DUPLICATE_OPTION,
  NJ_REFUSAL_BAD_VALUE,
  NJ_REFUSAL_BAD_DOMAIN,
  NJ_REFUSAL_BAD_PATTERN,
  NJ_REFUSAL_BAD_REGEX,
  NJ_REFUSAL_CONFLICT,     /* options that do not go together */
  NJ_REFUSAL_UNTRUSTED,    /* may rewrite; only lists marked trusted may hold it */
  NJ_REFUSAL_UNSUPPORTED,  /* known, but nothing a proxy or uBlock Origin does */
  NJ_REFUSAL_POPUP,        /* only about popups, which a proxy cannot tell from links */
  NJ_REFUSAL_TOO_LONG,
  NJ_REFUSAL_INCLUDE,      /* another list that is not there, or may not be asked for */
  NJ_REFUSAL_COSMETIC,     /* page rules: a later layer applies them */
  NJ_REFUSAL_SCRIPTLET,
  NJ_REFUSAL_HTML,
  NJ_N_REFUSALS
} NjRefusal;

/* Type bits: 1 << NjRequestType for requests, and these. */
#define NJ_TYPE_BIT(type)          (1u << (type))
#define NJ_TYPES_REQUEST           ((1u << NJ_N_REQUEST_TYPES) - 1)
#define NJ_TYPES_NETWORK           (NJ_TYPES_REQUEST & ~NJ_TYPE_BIT (NJ_TYPE_DOCUMENT))
#define NJ_TYPE_BIT_UNTYPED        (1u << 12) /* the rule names no type: what strict blocking asks for */
#define NJ_TYPE_BIT_POPUP          (1u << 13)
#define NJ_TYPE_BIT_POPUNDER       (1u << 14)
#define NJ_TYPE_BIT_GENERIC_HIDE   (1u << 15)
#define NJ_TYPE_BIT_SPECIFIC_HIDE  (1u << 16)
#define NJ_TYPE_BIT_INLINE_FONT    (1u << 17)
#define NJ_TYPE_BIT_INLINE_SCRIPT  (1u << 18)
#define NJ_TYPE_BIT_CNAME          (1u << 19)
#define NJ_TYPES_ALL                                                                                             \
  (NJ_TYPES_REQUEST | NJ_TYPE_BIT_POPUP | NJ_TYPE_BIT_INLINE_FONT | NJ_TYPE_BIT_INLINE_SCRIPT)

typedef enum
{
  NJ_PATTERN_ANY,     /* every URL */
  NJ_PATTERN_HOST,    /* the whole pattern is a host name */
  NJ_PATTERN_PLAIN,   /* a substring */
  NJ_PATTERN_GENERIC, /* holds * or ^ */
  NJ_PATTERN_REGEX
} NjPatternKind;

enum
{
  NJ_ANCHOR_RIGHT = 1,
  NJ_ANCHOR_LEFT = 2,
  NJ_ANCHOR_HOST = 4
};

enum
{
  NJ_PARTY_FIRST = 1,
  NJ_PARTY_THIRD = 2
};

/* What a rule does besides or instead of blocking. */
typedef enum
{
  NJ_MODIFIER_NONE,
  NJ_MODIFIER_REDIRECT,      /* blocks, and says with what to answer */
  NJ_MODIFIER_REDIRECT_RULE, /* says with what to answer if something else blocks */
  NJ_MODIFIER_REMOVE_PARAM,
  NJ_MODIFIER_CSP,
  NJ_MODIFIER_PERMISSIONS,
  NJ_MODIFIER_URI_TRANSFORM,
  NJ_MODIFIER_REPLACE,
  NJ_MODIFIER_URL_SKIP,
  NJ_MODIFIER_REMOVE_HEADER,
  NJ_MODIFIER_COOKIE,
  NJ_MODIFIER_STEALTH,       /* exceptions only: where the proxy's own protection is off */
  NJ_N_MODIFIERS
} NjModifier;

/* One name of a domain= value. */
typedef struct
{
  NjBytes  name;       /* "example.com", "example.*" or a regular expression without its slashes */
  gboolean is_negated;
  gboolean is_entity;
  gboolean is_regex;
} NjDomain;

typedef struct
{
  NjDomain *items; /* in the parser's arena */
  guint     n;
} NjDomainList;

/* A network rule as the parser understood it. Texts are slices of the line or live in the arena. */
typedef struct
{
  NjBytes       text; /* as written, trimmed */
  NjBytes       pattern;
  NjPatternKind kind;
  guint         anchor;
  guint         party; /* 0: any */
  guint         strict_party;
  guint32       types;
  guint32       not_types;
  guint         methods; /* bits of nj_rule_method_bit() */
  guint         not_methods;
  NjDomainList  from;
  NjDomainList  to;
  NjDomainList  deny;
  NjModifier    modifier;
  NjBytes       value;
  NjBytes       header;
  NjBytes       address;
  NjBytes       reason;
  gboolean      has_options;
  gboolean      has_method;
  gboolean      is_exception;
  gboolean      is_important;
  gboolean      is_badfilter;
  gboolean      is_match_case;
} NjRule;

const char *nj_refusal_name    (NjRefusal refusal);
guint       nj_rule_method_bit (NjBytes method);
gboolean    nj_rule_is_host    (const NjRule *rule);
guint64     nj_rule_key        (const NjRule *rule);

G_END_DECLS
