/* SystemTap's stapio, versions 4.8 and 5.1, which speaks with the module that is running; the probe is also in
 * staprun. What it receives stands with the provider staprun.
 */

provider stapio {
    /* A message to the module. */
    probe send__ctlmsg(int type, const void *data, // hex[len]
                       int len);
};
