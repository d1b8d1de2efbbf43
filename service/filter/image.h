/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/hash.h"
#include "filter/rule.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

G_BEGIN_DECLS

/* The compiled engine as it lies in memory and in its file: one block, offsets and no pointers.
 * Written by compiler and index, read by engine. Change the version with any change here. */

#define NJ_IMAGE_MAGIC   "NJENGINE"
#define NJ_IMAGE_VERSION 8
#define NJ_IMAGE_NONE    G_MAXUINT32

typedef enum
{
  NJ_REALM_BLOCK,
  NJ_REALM_EXCEPT,
  NJ_REALM_REDIRECT,
  NJ_REALM_REMOVE_PARAM,
  NJ_REALM_URI_TRANSFORM,
  NJ_REALM_URL_SKIP,
  NJ_REALM_CSP,
  NJ_REALM_PERMISSIONS,
  NJ_REALM_REPLACE,
  NJ_REALM_REMOVE_HEADER,
  NJ_REALM_COOKIE,
  NJ_REALM_STEALTH,
  NJ_REALM_HEADER,        /* block, or except, by a header of the response */
  NJ_REALM_GENERIC_HIDE,  /* pages without generic cosmetic rules */
  NJ_REALM_SPECIFIC_HIDE,
  NJ_REALM_INLINE_SCRIPT,
  NJ_REALM_INLINE_FONT,
  NJ_REALM_CNAME,         /* pages whose hosts are not uncloaked */
  NJ_N_REALMS
} NjRealm;

/* What a rule asks of a request, in 16 bits: its type bits 0-11, and these. */
enum
{
  NJ_COND_UNTYPED = 1 << 12,
  NJ_COND_FIRST = 1 << 13,
  NJ_COND_THIRD = 1 << 14,
  NJ_COND_IMPORTANT = 1 << 15
};

/* A part of the image. */
typedef struct
{
  guint32 at;   /* bytes from the start of the image, a multiple of 8 */
  guint32 size; /* bytes */
} NjImageSpan;

/* A rule in a bucket; the last of a bucket has NJ_ENTRY_LAST in its rule. */
typedef struct
{
  guint16 cond;
  guint8  at;     /* where in the pattern the token stands; NJ_ENTRY_ANYWHERE: the pattern floats */
  guint8  realm;  /* and above NJ_ENTRY_REALM where the sample stands: bytes after the token's start; 0: where the pattern starts */
  guint32 rule;   /* offset among the rules */
  guint32 sample; /* four bytes that stand in the URL if the pattern does; 0: nothing is known. So that few rules are read */
} NjImageEntry;

#define NJ_ENTRY_LAST       0x80000000u
#define NJ_ENTRY_ANYWHERE   255
#define NJ_ENTRY_REALM      31
#define NJ_ENTRY_SAMPLE_BIT 5
#define NJ_ENTRY_SAMPLE_MAX 7

/* A bucket by its key: a token's hash or the number of a name. */
typedef struct
{
  guint32 key;
  guint32 bucket; /* index of its first entry, and the groups of its realms above NJ_BUCKET_FIRST; NJ_IMAGE_NONE: free */
} NjImageSlot;

#define NJ_BUCKET_FIRST      0x00ffffffu
#define NJ_BUCKET_GROUP(bit) (0x01000000u << (bit))
/* Some rule of it blocks pages by more than the end of their host: it names documents, or its pattern floats. */
#define NJ_BUCKET_PAGES      NJ_BUCKET_GROUP (7)

/* Slots of a host table that are asked at once. */
#define NJ_IMAGE_MARKS 16

typedef struct
{
  NjImageSpan host_marks; /* a byte a slot, in groups of NJ_IMAGE_MARKS: 0 free, else 8 bits of the hash */
  NjImageSpan host_rules; /* guint32 a slot: offset among the rules */
  guint32     unfiled;    /* index of the first entry without any key, or NJ_IMAGE_NONE */
  guint32     n_rules;
} NjImageRealm;

/* Header of a rule that is not in a host table; its text follows, then what it needs besides.
 * A host rule is: length of the code (1-253), class, line delta, code of the name (host-code.h).
 * Packed, for it lies wherever the text before it ends; its members have no gaps between them. */
typedef struct
{
  guint8  zero;    /* tells it from a host rule */
  guint8  line;    /* lines since the rule before it */
  guint8  kind;    /* NjPatternKind and NJ_IMAGE_RULE_ bits */
  guint8  anchors; /* NJ_ANCHOR_ and NJ_IMAGE_BOUND_ bits */
  guint16 text_len;
  guint16 more_len;    /* bytes after the text, in units of NJ_IMAGE_MORE_UNIT */
  guint16 pattern_at;  /* in the text and what is after it */
  guint16 pattern_len;
  guint32 conditions;  /* index of a word, NJ_IMAGE_NONE: none */
} __attribute__ ((packed)) NjImageRule;

/* Names in punycode may be longer than the line they stand in. */
#define NJ_IMAGE_MORE_UNIT 4

enum
{
  NJ_IMAGE_RULE_KIND = 15,
  NJ_IMAGE_RULE_EXCEPTION = 16,
  NJ_IMAGE_RULE_IMPORTANT = 32,
  NJ_IMAGE_RULE_CONDITIONAL = 64 /* asks for more than type, party and pattern */
};

enum
{
  NJ_IMAGE_BOUND_HOST_END = 8,   /* the match ends where the host ends */
  NJ_IMAGE_BOUND_SEPARATOR = 16, /* a separator or the end follows */
  NJ_IMAGE_BOUND_LEFT = 32,      /* no token character before */
  NJ_IMAGE_BOUND_RIGHT = 64      /* no token character after */
};

/* What all host rules of one kind have in common. */
typedef struct
{
  guint16 cond;
  guint16 flags;  /* NJ_IMAGE_RULE_EXCEPTION */
  NjImageSpan prefix; /* text before the name; at: in the blob */
  NjImageSpan suffix;
} NjImageClass;

/* From which line the rules from here on are counted. */
typedef struct
{
  guint32 rule;
  guint32 line;
  guint32 list;
} NjImageAnchor;

/* Words of a condition: tag | n << 8, then n words, until NJ_CONDITION_END. */
typedef enum
{
  NJ_CONDITION_END,
  NJ_CONDITION_FROM,       /* names; sorted numbers. Any of FROM and FROM_REGEX must hold */
  NJ_CONDITION_FROM_REGEX, /* numbers of expressions */
  NJ_CONDITION_FROM_NOT,
  NJ_CONDITION_FROM_NOT_REGEX,
  NJ_CONDITION_TO,
  NJ_CONDITION_TO_REGEX,
  NJ_CONDITION_TO_NOT,
  NJ_CONDITION_TO_NOT_REGEX,
  NJ_CONDITION_METHOD,     /* bits wanted, bits not wanted */
  NJ_CONDITION_STRICT,     /* NJ_PARTY_ */
  NJ_CONDITION_REGEX,      /* the pattern: number of an expression */
  NJ_CONDITION_MODIFIER,   /* NjModifier, value: at and length in the blob, number of an expression or NONE */
  NJ_CONDITION_HEADER,     /* value: at, length; number of an expression or NONE */
  NJ_CONDITION_ADDRESS     /* value: at, length; number of an expression or NONE */
} NjConditionTag;

typedef struct
{
  guint32 at;  /* in the blob */
  guint16 len;
  guint16 flags; /* of nj_regex_new() */
} NjImageRegex;

typedef struct
{
  NjImageSpan id; /* at: in the blob */
  NjImageSpan title;
  NjImageSpan homepage;
  guint32     expires_s;
  guint32     n_rules;
  guint32     n_lines;
  guint32     is_trusted;
  guint32     refused[NJ_N_REFUSALS];
} NjImageList;

#define NJ_IMAGE_ENTITY_WORDS 64
#define NJ_IMAGE_LONE_WORDS   4
/* What some rule asks for, so that nobody else need be asked. */
enum
{
  NJ_IMAGE_ASKS_REQUEST = 2,  /* to change requests */
  NJ_IMAGE_ASKS_RESPONSE = 4  /* to change responses that are no pages */
};

typedef struct
{
  char        magic[8];
  guint32     version;
  guint32     header_size;
  guint64     size;
  guint64     fingerprint;
  guint64     checksum; /* nj_image_checksum() */
  NjImageSpan lists;
  NjImageSpan classes;
  NjImageSpan rules;
  NjImageSpan anchors;
  NjImageSpan conditions; /* guint32 */
  NjImageSpan name_slots; /* guint32: 8 bits of hash, number + 1; 0 free */
  NjImageSpan name_at;    /* guint32 a name: offset among the rules */
  NjImageSpan name_len;   /* a byte a name */
  NjImageSpan blob;
  NjImageSpan regexes;
  NjImageSpan host_map;   /* guint64: a bit for the last two labels of each host rule's name */
  NjImageSpan token_map;
  NjImageSpan tokens;     /* NjImageSlot */
  NjImageSpan sources;    /* NjImageSlot, by the name of the page */
  NjImageSpan targets;    /* NjImageSlot, by the name of the request's host */
  NjImageSpan entries;    /* NjImageEntry */
  guint64     asks;       /* NJ_IMAGE_ASKS_ */
  guint64     lone_map[NJ_IMAGE_LONE_WORDS]; /* a bit for each host rule's name of one label */
  NjImageRealm realms[NJ_N_REALMS];
  guint64     entity_map[NJ_IMAGE_ENTITY_WORDS]; /* a bit for the label before the ".*" of each entity */
} NjImageHeader;

#define NJ_IMAGE_NAME_NUMBER 0x00ffffffu

/* Tables are as long as they need be, not a power of two: a slot is a share of 32 bits of hash. */
static inline guint32
nj_image_share (guint32 hash, guint32 n)
{
  return (guint32) ((guint64) hash * n >> 32);
}

static inline guint32
nj_image_spread (guint32 key)
{
  return key * 0x9e3779b1u;
}

/* A bit for each slot of a group that has @mark. */
static inline guint32
nj_image_find_marks (const guint8 *marks, guint8 mark)
{
#ifdef __SSE2__
  return (guint32) _mm_movemask_epi8 (_mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *) marks), _mm_set1_epi8 ((char) mark)));
#else
  guint32 bits = 0;

  for (guint i = 0; i < NJ_IMAGE_MARKS; i++)
    bits |= (guint32) (marks[i] == mark) << i;
  return bits;
#endif
}

/* What a bit in the header's map of names of one label stands for: their hash. */
static inline guint
nj_image_lone_bit (guint64 hash)
{
  return hash & (NJ_IMAGE_LONE_WORDS * 64 - 1);
}

static inline gboolean
nj_image_map_has (const guint64 *map, guint32 bit)
{
  return (map[bit >> 6] >> (bit & 63) & 1) != 0;
}

static inline void
nj_image_map_add (guint64 *map, guint32 bit)
{
  map[bit >> 6] |= G_GUINT64_CONSTANT (1) << (bit & 63);
}

/* The bucket with that key among @n slots, or NJ_IMAGE_NONE. */
static inline guint32
nj_image_bucket (const NjImageSlot *slots, guint32 n, guint32 key)
{
  const NjImageSlot *slot = slots + nj_image_share (nj_image_spread (key), n);

  while (slot->key != key && slot->bucket != NJ_IMAGE_NONE)
    slot = slot + 1 < slots + n ? slot + 1 : slots;
  return slot->bucket;
}

/* The bit of an entity map for the label that ends at @end, whatever is before it. */
static inline guint
nj_image_entity_bit (const char *host, gsize end)
{
  guint64 hash = NJ_HASH_NAME_START;

  while (end > 0 && host[end - 1] != '.')
    hash = nj_hash_name_add (hash, host[--end]);
  return nj_hash_name_end (hash) & (NJ_IMAGE_ENTITY_WORDS * 64 - 1);
}

/* Which bit of a bucket's groups stands for a realm. */
static inline guint32
nj_image_group (NjRealm realm)
{
  if (realm <= NJ_REALM_REMOVE_PARAM)
    return NJ_BUCKET_GROUP (realm);
  if (realm <= NJ_REALM_URL_SKIP)
    return NJ_BUCKET_GROUP (4);
  return realm <= NJ_REALM_HEADER ? NJ_BUCKET_GROUP (5) : NJ_BUCKET_GROUP (6);
}

guint64  nj_image_checksum (const guint8 *image, gsize size);
gboolean nj_image_is_sound (const guint8 *image, gsize size);

G_END_DECLS
