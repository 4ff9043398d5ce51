/* SystemTap's staprun and stapio, versions 4.8 and 5.1: the first loads and unloads what stap has compiled, the
 * other speaks with it while it runs. stap_system__* of the provider stap are in staprun as well.
 */

provider staprun {
    probe insert__module(const char *module_path);
    probe remove__module(const char *module_name);

    /* A message from the module. */
    probe recv__ctlmsg(int type, const void *data, // hex[len]
                       ssize_t len);
};
