/* GCC's C++ runtime, libstdc++.so.6, as of GCC 12 and 14.
 *
 * `throw` fires before anything else happens, also when nobody will catch; `catch` on entry into a handler;
 * `rethrow` at a `throw;` without an operand. The object is the exception itself, so its address connects the
 * three. Only in `catch` it is what the handler gets to see: the part that is its base class, or what a thrown
 * pointer points to. The type is that of the throw expression.
 */

provider libstdcxx {
    probe throw(void *object, struct type_info *type_info);
    probe catch(void *object, struct type_info *type_info);
    probe rethrow(void *object, struct type_info *type_info);
};
