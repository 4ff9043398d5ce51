/* What OpenJDK's virtual machine tells of its insides, libjvm.so, versions 8 to 21. No probe has arguments. */

provider hs_private {
    /* A safepoint: all Java threads are stopped, and go on. */
    probe safepoint__begin();
    probe safepoint__end();

    /* The pauses of the concurrent mark and sweep collector, which versions before 14 have. */
    probe cms__initmark__begin();
    probe cms__initmark__end();
    probe cms__remark__begin();
    probe cms__remark__end();
};
