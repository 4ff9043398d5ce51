/* What a call site passes. Private to this layer. */
#ifndef TRACER_PROBE_PROBE_SITE_H
#define TRACER_PROBE_PROBE_SITE_H

#include "probe/probe.h"

/* A definition can show an argument in several fields. Each further field becomes an argument of the site's
 * own, which is read where the one that it shows is read, behind those that it passes; a site that passes
 * another number than the definition has is left alone. 0 or -ENOMEM. */
int probe_site_repeat(struct probe_site *site, const struct provider_probe *defined);

#endif
