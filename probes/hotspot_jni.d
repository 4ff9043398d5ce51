/* What Java's native methods ask of OpenJDK's virtual machine: the functions of the Java Native Interface, in
 * libjvm.so, versions 17 and 21, built with DTrace support as Debian's are.
 *
 * The arguments are those of the function, under the names of the interface's specification or ones like them.
 * Objects, classes, arrays and strings are references, which only the interface understands. Floating point
 * numbers that are passed or returned are left out, and so are the arguments of the Java methods called.
 */

provider hotspot_jni {
    /* The virtual machine is made, found and destroyed; threads join it and leave. */
    probe CreateJavaVM__entry(JavaVM **vm, void **penv, void *args);
    probe CreateJavaVM__return(int32_t result);
    probe GetCreatedJavaVMs__entry(JavaVM **vms, int32_t max_vms, int32_t *n_vms);
    probe GetCreatedJavaVMs__return(int32_t result);
    probe GetDefaultJavaVMInitArgs__entry(void *args);
    probe GetDefaultJavaVMInitArgs__return(int32_t result);
    probe DestroyJavaVM__entry(JavaVM *vm);
    probe DestroyJavaVM__return(int32_t result);
    probe AttachCurrentThread__entry(JavaVM *vm, void **penv, void *args);
    probe AttachCurrentThread__return(int32_t result);
    probe AttachCurrentThreadAsDaemon__entry(JavaVM *vm, void **penv, void *args);
    probe AttachCurrentThreadAsDaemon__return(int32_t result);
    probe DetachCurrentThread__entry(JavaVM *vm);
    probe DetachCurrentThread__return(int32_t result);
    probe GetEnv__entry(JavaVM *vm, void **penv, int32_t version);
    probe GetEnv__return(int32_t result);
    probe GetJavaVM__entry(JNIEnv *env, JavaVM **vm);
    probe GetJavaVM__return(int32_t result);
    probe GetVersion__entry(JNIEnv *env);
    probe GetVersion__return(int32_t version);

    /* Classes. Their names are written java/lang/String. */
    probe DefineClass__entry(JNIEnv *env, const char *name, void *loader, const void *buf, int32_t len);
    probe DefineClass__return(void *clazz);
    probe FindClass__entry(JNIEnv *env, const char *name);
    probe FindClass__return(void *clazz);
    probe GetSuperclass__entry(JNIEnv *env, void *clazz);
    probe GetSuperclass__return(void *superclass);
    probe IsAssignableFrom__entry(JNIEnv *env, void *subclass, void *superclass);
    probe IsAssignableFrom__return(bool is_assignable);
    probe GetObjectClass__entry(JNIEnv *env, void *obj);
    probe GetObjectClass__return(void *clazz);
    probe IsInstanceOf__entry(JNIEnv *env, void *obj, void *clazz);
    probe IsInstanceOf__return(bool is_instance);
    probe RegisterNatives__entry(JNIEnv *env, void *clazz, const void *methods, int32_t n_methods);
    probe RegisterNatives__return(int32_t result);
    probe UnregisterNatives__entry(JNIEnv *env, void *clazz);
    probe UnregisterNatives__return(int32_t result);

    /* Exceptions. A fatal error does not return. */
    probe Throw__entry(JNIEnv *env, void *obj);
    probe Throw__return(int32_t result);
    probe ThrowNew__entry(JNIEnv *env, void *clazz, const char *message);
    probe ThrowNew__return(int32_t result);
    probe ExceptionOccurred__entry(JNIEnv *env);
    probe ExceptionOccurred__return(void *obj);
    probe ExceptionDescribe__entry(JNIEnv *env);
    probe ExceptionDescribe__return();
    probe ExceptionClear__entry(JNIEnv *env);
    probe ExceptionClear__return();
    probe ExceptionCheck__entry(JNIEnv *env);
    probe ExceptionCheck__return(bool is_pending);
    probe FatalError__entry(JNIEnv *env, const char *message);

    /* References. The frames are of local ones; the result of the one that ends is handed to the one before. */
    probe NewGlobalRef__entry(JNIEnv *env, void *obj);
    probe NewGlobalRef__return(void *ref);
    probe DeleteGlobalRef__entry(JNIEnv *env, void *ref);
    probe DeleteGlobalRef__return();
    probe NewLocalRef__entry(JNIEnv *env, void *obj);
    probe NewLocalRef__return(void *ref);
    probe DeleteLocalRef__entry(JNIEnv *env, void *ref);
    probe DeleteLocalRef__return();
    probe NewWeakGlobalRef__entry(JNIEnv *env, void *obj);
    probe NewWeakGlobalRef__return(void *ref);
    probe DeleteWeakGlobalRef__entry(JNIEnv *env, void *ref);
    probe DeleteWeakGlobalRef__return();
    probe EnsureLocalCapacity__entry(JNIEnv *env, int32_t capacity);
    probe EnsureLocalCapacity__return(int32_t result);
    probe PushLocalFrame__entry(JNIEnv *env, int32_t capacity);
    probe PushLocalFrame__return(int32_t result);
    probe PopLocalFrame__entry(JNIEnv *env, void *result);
    probe PopLocalFrame__return(void *ref);
    probe GetObjectRefType__entry(JNIEnv *env, void *obj);
    probe GetObjectRefType__return(uintptr_t ref_type // enum{0=invalid 1=local 2=global 3=weak_global}
    );
    probe IsSameObject__entry(JNIEnv *env, void *ref1, void *ref2);
    probe IsSameObject__return(bool is_same);

    /* Objects and their monitors. */
    probe AllocObject__entry(JNIEnv *env, void *clazz);
    probe AllocObject__return(void *obj);
    probe NewObject__entry(JNIEnv *env, void *clazz, void *method_id);
    probe NewObject__return(void *obj);
    probe NewObjectV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe NewObjectV__return(void *obj);
    probe NewObjectA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe NewObjectA__return(void *obj);
    probe MonitorEnter__entry(JNIEnv *env, void *obj);
    probe MonitorEnter__return(int32_t result);
    probe MonitorExit__entry(JNIEnv *env, void *obj);
    probe MonitorExit__return(int32_t result);

    /* Methods and fields by their names and signatures, such as "main" and "([Ljava/lang/String;)V". The
     * identifiers are what the functions below take. */
    probe GetMethodID__entry(JNIEnv *env, void *clazz, const char *name, const char *signature);
    probe GetMethodID__return(void *method_id);
    probe GetStaticMethodID__entry(JNIEnv *env, void *clazz, const char *name, const char *signature);
    probe GetStaticMethodID__return(void *method_id);
    probe GetFieldID__entry(JNIEnv *env, void *clazz, const char *name, const char *signature);
    probe GetFieldID__return(void *field_id);
    probe GetStaticFieldID__entry(JNIEnv *env, void *clazz, const char *name, const char *signature);
    probe GetStaticFieldID__return(void *field_id);
    probe FromReflectedMethod__entry(JNIEnv *env, void *method);
    probe FromReflectedMethod__return(void *method_id);
    probe FromReflectedField__entry(JNIEnv *env, void *field);
    probe FromReflectedField__return(void *field_id);
    probe ToReflectedMethod__entry(JNIEnv *env, void *clazz, void *method_id, bool is_static);
    probe ToReflectedMethod__return(void *method);
    probe ToReflectedField__entry(JNIEnv *env, void *clazz, void *field_id, bool is_static);
    probe ToReflectedField__return(void *field);

    /* The module of a class. It has no site in Debian's builds. */
    probe GetModule__entry(JNIEnv *env, void *clazz);
    probe GetModule__return(void *module);

    /* Methods are called: of an object, by its class; of an object, by the class that is named; of a class.
     * The three forms of each take the Java method's arguments as variable ones, as a va_list (V) and as an
     * array (A). */
    probe CallObjectMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallObjectMethod__return(void *result);
    probe CallObjectMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallObjectMethodV__return(void *result);
    probe CallObjectMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallObjectMethodA__return(void *result);
    probe CallBooleanMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallBooleanMethod__return(bool result);
    probe CallBooleanMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallBooleanMethodV__return(bool result);
    probe CallBooleanMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallBooleanMethodA__return(bool result);
    probe CallByteMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallByteMethod__return(int8_t result);
    probe CallByteMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallByteMethodV__return(int8_t result);
    probe CallByteMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallByteMethodA__return(int8_t result);
    probe CallCharMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallCharMethod__return(uint16_t result);
    probe CallCharMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallCharMethodV__return(uint16_t result);
    probe CallCharMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallCharMethodA__return(uint16_t result);
    probe CallShortMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallShortMethod__return(int16_t result);
    probe CallShortMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallShortMethodV__return(int16_t result);
    probe CallShortMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallShortMethodA__return(int16_t result);
    probe CallIntMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallIntMethod__return(int32_t result);
    probe CallIntMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallIntMethodV__return(int32_t result);
    probe CallIntMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallIntMethodA__return(int32_t result);
    probe CallLongMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallLongMethod__return(int64_t result);
    probe CallLongMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallLongMethodV__return(int64_t result);
    probe CallLongMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallLongMethodA__return(int64_t result);
    probe CallFloatMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallFloatMethod__return();
    probe CallFloatMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallFloatMethodV__return();
    probe CallFloatMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallFloatMethodA__return();
    probe CallDoubleMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallDoubleMethod__return();
    probe CallDoubleMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallDoubleMethodV__return();
    probe CallDoubleMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallDoubleMethodA__return();
    probe CallVoidMethod__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallVoidMethod__return();
    probe CallVoidMethodV__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallVoidMethodV__return();
    probe CallVoidMethodA__entry(JNIEnv *env, void *obj, void *method_id);
    probe CallVoidMethodA__return();

    probe CallNonvirtualObjectMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualObjectMethod__return(void *result);
    probe CallNonvirtualObjectMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualObjectMethodV__return(void *result);
    probe CallNonvirtualObjectMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualObjectMethodA__return(void *result);
    probe CallNonvirtualBooleanMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualBooleanMethod__return(bool result);
    probe CallNonvirtualBooleanMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualBooleanMethodV__return(bool result);
    probe CallNonvirtualBooleanMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualBooleanMethodA__return(bool result);
    probe CallNonvirtualByteMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualByteMethod__return(int8_t result);
    probe CallNonvirtualByteMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualByteMethodV__return(int8_t result);
    probe CallNonvirtualByteMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualByteMethodA__return(int8_t result);
    probe CallNonvirtualCharMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualCharMethod__return(uint16_t result);
    probe CallNonvirtualCharMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualCharMethodV__return(uint16_t result);
    probe CallNonvirtualCharMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualCharMethodA__return(uint16_t result);
    probe CallNonvirtualShortMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualShortMethod__return(int16_t result);
    probe CallNonvirtualShortMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualShortMethodV__return(int16_t result);
    probe CallNonvirtualShortMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualShortMethodA__return(int16_t result);
    probe CallNonvirtualIntMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualIntMethod__return(int32_t result);
    probe CallNonvirtualIntMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualIntMethodV__return(int32_t result);
    probe CallNonvirtualIntMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualIntMethodA__return(int32_t result);
    probe CallNonvirtualLongMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualLongMethod__return(int64_t result);
    probe CallNonvirtualLongMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualLongMethodV__return(int64_t result);
    probe CallNonvirtualLongMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualLongMethodA__return(int64_t result);
    probe CallNonvirtualFloatMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualFloatMethod__return();
    probe CallNonvirtualFloatMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualFloatMethodV__return();
    probe CallNonvirtualFloatMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualFloatMethodA__return();
    probe CallNonvirtualDoubleMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualDoubleMethod__return();
    probe CallNonvirtualDoubleMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualDoubleMethodV__return();
    probe CallNonvirtualDoubleMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualDoubleMethodA__return();
    probe CallNonvirtualVoidMethod__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualVoidMethod__return();
    probe CallNonvirtualVoidMethodV__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualVoidMethodV__return();
    probe CallNonvirtualVoidMethodA__entry(JNIEnv *env, void *obj, void *clazz, void *method_id);
    probe CallNonvirtualVoidMethodA__return();

    probe CallStaticObjectMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticObjectMethod__return(void *result);
    probe CallStaticObjectMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticObjectMethodV__return(void *result);
    probe CallStaticObjectMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticObjectMethodA__return(void *result);
    probe CallStaticBooleanMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticBooleanMethod__return(bool result);
    probe CallStaticBooleanMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticBooleanMethodV__return(bool result);
    probe CallStaticBooleanMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticBooleanMethodA__return(bool result);
    probe CallStaticByteMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticByteMethod__return(int8_t result);
    probe CallStaticByteMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticByteMethodV__return(int8_t result);
    probe CallStaticByteMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticByteMethodA__return(int8_t result);
    probe CallStaticCharMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticCharMethod__return(uint16_t result);
    probe CallStaticCharMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticCharMethodV__return(uint16_t result);
    probe CallStaticCharMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticCharMethodA__return(uint16_t result);
    probe CallStaticShortMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticShortMethod__return(int16_t result);
    probe CallStaticShortMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticShortMethodV__return(int16_t result);
    probe CallStaticShortMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticShortMethodA__return(int16_t result);
    probe CallStaticIntMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticIntMethod__return(int32_t result);
    probe CallStaticIntMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticIntMethodV__return(int32_t result);
    probe CallStaticIntMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticIntMethodA__return(int32_t result);
    probe CallStaticLongMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticLongMethod__return(int64_t result);
    probe CallStaticLongMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticLongMethodV__return(int64_t result);
    probe CallStaticLongMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticLongMethodA__return(int64_t result);
    probe CallStaticFloatMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticFloatMethod__return();
    probe CallStaticFloatMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticFloatMethodV__return();
    probe CallStaticFloatMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticFloatMethodA__return();
    probe CallStaticDoubleMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticDoubleMethod__return();
    probe CallStaticDoubleMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticDoubleMethodV__return();
    probe CallStaticDoubleMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticDoubleMethodA__return();
    probe CallStaticVoidMethod__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticVoidMethod__return();
    probe CallStaticVoidMethodV__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticVoidMethodV__return();
    probe CallStaticVoidMethodA__entry(JNIEnv *env, void *clazz, void *method_id);
    probe CallStaticVoidMethodA__return();

    /* Fields of objects and of classes are read and set. */
    probe GetObjectField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetObjectField__return(void *value);
    probe GetBooleanField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetBooleanField__return(bool value);
    probe GetByteField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetByteField__return(int8_t value);
    probe GetCharField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetCharField__return(uint16_t value);
    probe GetShortField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetShortField__return(int16_t value);
    probe GetIntField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetIntField__return(int32_t value);
    probe GetLongField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetLongField__return(int64_t value);
    probe GetFloatField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetFloatField__return();
    probe GetDoubleField__entry(JNIEnv *env, void *obj, void *field_id);
    probe GetDoubleField__return();
    probe SetObjectField__entry(JNIEnv *env, void *obj, void *field_id, void *value);
    probe SetObjectField__return();
    probe SetBooleanField__entry(JNIEnv *env, void *obj, void *field_id, bool value);
    probe SetBooleanField__return();
    probe SetByteField__entry(JNIEnv *env, void *obj, void *field_id, int8_t value);
    probe SetByteField__return();
    probe SetCharField__entry(JNIEnv *env, void *obj, void *field_id, uint16_t value);
    probe SetCharField__return();
    probe SetShortField__entry(JNIEnv *env, void *obj, void *field_id, int16_t value);
    probe SetShortField__return();
    probe SetIntField__entry(JNIEnv *env, void *obj, void *field_id, int32_t value);
    probe SetIntField__return();
    probe SetLongField__entry(JNIEnv *env, void *obj, void *field_id, int64_t value);
    probe SetLongField__return();
    probe SetFloatField__entry(JNIEnv *env, void *obj, void *field_id);
    probe SetFloatField__return();
    probe SetDoubleField__entry(JNIEnv *env, void *obj, void *field_id);
    probe SetDoubleField__return();

    probe GetStaticObjectField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticObjectField__return(void *value);
    probe GetStaticBooleanField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticBooleanField__return(bool value);
    probe GetStaticByteField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticByteField__return(int8_t value);
    probe GetStaticCharField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticCharField__return(uint16_t value);
    probe GetStaticShortField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticShortField__return(int16_t value);
    probe GetStaticIntField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticIntField__return(int32_t value);
    probe GetStaticLongField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticLongField__return(int64_t value);
    probe GetStaticFloatField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticFloatField__return();
    probe GetStaticDoubleField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe GetStaticDoubleField__return();
    probe SetStaticObjectField__entry(JNIEnv *env, void *clazz, void *field_id, void *value);
    probe SetStaticObjectField__return();
    probe SetStaticBooleanField__entry(JNIEnv *env, void *clazz, void *field_id, bool value);
    probe SetStaticBooleanField__return();
    probe SetStaticByteField__entry(JNIEnv *env, void *clazz, void *field_id, int8_t value);
    probe SetStaticByteField__return();
    probe SetStaticCharField__entry(JNIEnv *env, void *clazz, void *field_id, uint16_t value);
    probe SetStaticCharField__return();
    probe SetStaticShortField__entry(JNIEnv *env, void *clazz, void *field_id, int16_t value);
    probe SetStaticShortField__return();
    probe SetStaticIntField__entry(JNIEnv *env, void *clazz, void *field_id, int32_t value);
    probe SetStaticIntField__return();
    probe SetStaticLongField__entry(JNIEnv *env, void *clazz, void *field_id, int64_t value);
    probe SetStaticLongField__return();
    probe SetStaticFloatField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe SetStaticFloatField__return();
    probe SetStaticDoubleField__entry(JNIEnv *env, void *clazz, void *field_id);
    probe SetStaticDoubleField__return();

    /* Strings. Chars are 16 bits wide, UTF is modified UTF-8 that ends with a NUL, lengths are in characters
     * of the one or bytes of the other. Through is_copy the function says whether it made a copy. */
    probe NewString__entry(JNIEnv *env, const uint16_t *chars, int32_t len);
    probe NewString__return(void *str);
    probe GetStringLength__entry(JNIEnv *env, void *str);
    probe GetStringLength__return(int32_t len);
    probe GetStringChars__entry(JNIEnv *env, void *str, void *is_copy);
    probe GetStringChars__return(const uint16_t *chars);
    probe ReleaseStringChars__entry(JNIEnv *env, void *str, const uint16_t *chars);
    probe ReleaseStringChars__return();
    probe GetStringCritical__entry(JNIEnv *env, void *str, void *is_copy);
    probe GetStringCritical__return(const uint16_t *chars);
    probe ReleaseStringCritical__entry(JNIEnv *env, void *str, const uint16_t *chars);
    probe ReleaseStringCritical__return();
    probe GetStringRegion__entry(JNIEnv *env, void *str, int32_t start, int32_t len, uint16_t *buf);
    probe GetStringRegion__return();
    probe NewStringUTF__entry(JNIEnv *env, const char *utf);
    probe NewStringUTF__return(void *str);
    probe GetStringUTFLength__entry(JNIEnv *env, void *str);
    probe GetStringUTFLength__return(int32_t len);
    probe GetStringUTFChars__entry(JNIEnv *env, void *str, void *is_copy);
    probe GetStringUTFChars__return(const char *utf);
    probe ReleaseStringUTFChars__entry(JNIEnv *env, void *str, const char *utf);
    probe ReleaseStringUTFChars__return();
    probe GetStringUTFRegion__entry(JNIEnv *env, void *str, int32_t start, int32_t len, void *buf);
    probe GetStringUTFRegion__return();

    /* Arrays: made, measured; of objects, by element. */
    probe GetArrayLength__entry(JNIEnv *env, void *array);
    probe GetArrayLength__return(int32_t len);
    probe NewObjectArray__entry(JNIEnv *env, int32_t len, void *element_class, void *initial_element);
    probe NewObjectArray__return(void *array);
    probe GetObjectArrayElement__entry(JNIEnv *env, void *array, int32_t index);
    probe GetObjectArrayElement__return(void *element);
    probe SetObjectArrayElement__entry(JNIEnv *env, void *array, int32_t index, void *element);
    probe SetObjectArrayElement__return();
    probe NewBooleanArray__entry(JNIEnv *env, int32_t len);
    probe NewBooleanArray__return(void *array);
    probe NewByteArray__entry(JNIEnv *env, int32_t len);
    probe NewByteArray__return(void *array);
    probe NewCharArray__entry(JNIEnv *env, int32_t len);
    probe NewCharArray__return(void *array);
    probe NewShortArray__entry(JNIEnv *env, int32_t len);
    probe NewShortArray__return(void *array);
    probe NewIntArray__entry(JNIEnv *env, int32_t len);
    probe NewIntArray__return(void *array);
    probe NewLongArray__entry(JNIEnv *env, int32_t len);
    probe NewLongArray__return(void *array);
    probe NewFloatArray__entry(JNIEnv *env, int32_t len);
    probe NewFloatArray__return(void *array);
    probe NewDoubleArray__entry(JNIEnv *env, int32_t len);
    probe NewDoubleArray__return(void *array);

    /* All elements of an array, or a copy of them. To release them is to write them back and free the copy,
     * unless the mode is to commit, which does not free, or to abort, which does not write. */
    probe GetBooleanArrayElements__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetBooleanArrayElements__return(uint8_t *elements);
    probe ReleaseBooleanArrayElements__entry(JNIEnv *env, void *array, uint8_t *elements,
                                             int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleaseBooleanArrayElements__return();
    probe GetByteArrayElements__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetByteArrayElements__return(int8_t *elements);
    probe ReleaseByteArrayElements__entry(JNIEnv *env, void *array, int8_t *elements,
                                          int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleaseByteArrayElements__return();
    probe GetCharArrayElements__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetCharArrayElements__return(uint16_t *elements);
    probe ReleaseCharArrayElements__entry(JNIEnv *env, void *array, uint16_t *elements,
                                          int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleaseCharArrayElements__return();
    probe GetShortArrayElements__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetShortArrayElements__return(int16_t *elements);
    probe ReleaseShortArrayElements__entry(JNIEnv *env, void *array, int16_t *elements,
                                           int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleaseShortArrayElements__return();
    probe GetIntArrayElements__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetIntArrayElements__return(int32_t *elements);
    probe ReleaseIntArrayElements__entry(JNIEnv *env, void *array, int32_t *elements,
                                         int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleaseIntArrayElements__return();
    probe GetLongArrayElements__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetLongArrayElements__return(int64_t *elements);
    probe ReleaseLongArrayElements__entry(JNIEnv *env, void *array, int64_t *elements,
                                          int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleaseLongArrayElements__return();
    probe GetFloatArrayElements__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetFloatArrayElements__return(float *elements);
    probe ReleaseFloatArrayElements__entry(JNIEnv *env, void *array, float *elements,
                                           int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleaseFloatArrayElements__return();
    probe GetDoubleArrayElements__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetDoubleArrayElements__return(double *elements);
    probe ReleaseDoubleArrayElements__entry(JNIEnv *env, void *array, double *elements,
                                            int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleaseDoubleArrayElements__return();
    probe GetPrimitiveArrayCritical__entry(JNIEnv *env, void *array, void *is_copy);
    probe GetPrimitiveArrayCritical__return(void *elements);
    probe ReleasePrimitiveArrayCritical__entry(JNIEnv *env, void *array, void *elements,
                                               int32_t mode // enum{0=write_and_free 1=commit 2=abort}
    );
    probe ReleasePrimitiveArrayCritical__return();

    /* Some elements of an array, from start on, copied from and to a buffer of the caller's. */
    probe GetBooleanArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, uint8_t *buf);
    probe GetBooleanArrayRegion__return();
    probe SetBooleanArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len,
                                       const uint8_t *buf // hex[len]
    );
    probe SetBooleanArrayRegion__return();
    probe GetByteArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, int8_t *buf);
    probe GetByteArrayRegion__return();
    probe SetByteArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len,
                                    const int8_t *buf // hex[len]
    );
    probe SetByteArrayRegion__return();
    probe GetCharArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, uint16_t *buf);
    probe GetCharArrayRegion__return();
    probe SetCharArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len,
                                    const uint16_t *buf);
    probe SetCharArrayRegion__return();
    probe GetShortArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, int16_t *buf);
    probe GetShortArrayRegion__return();
    probe SetShortArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len,
                                     const int16_t *buf);
    probe SetShortArrayRegion__return();
    probe GetIntArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, int32_t *buf);
    probe GetIntArrayRegion__return();
    probe SetIntArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, const int32_t *buf);
    probe SetIntArrayRegion__return();
    probe GetLongArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, int64_t *buf);
    probe GetLongArrayRegion__return();
    probe SetLongArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, const int64_t *buf);
    probe SetLongArrayRegion__return();
    probe GetFloatArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, float *buf);
    probe GetFloatArrayRegion__return();
    probe SetFloatArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, const float *buf);
    probe SetFloatArrayRegion__return();
    probe GetDoubleArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len, double *buf);
    probe GetDoubleArrayRegion__return();
    probe SetDoubleArrayRegion__entry(JNIEnv *env, void *array, int32_t start, int32_t len,
                                      const double *buf);
    probe SetDoubleArrayRegion__return();

    /* Buffers that Java and native code share. */
    probe NewDirectByteBuffer__entry(JNIEnv *env, void *address, int64_t capacity);
    probe NewDirectByteBuffer__return(void *buffer);
    probe GetDirectBufferAddress__entry(JNIEnv *env, void *buffer);
    probe GetDirectBufferAddress__return(void *address);
    probe GetDirectBufferCapacity__entry(JNIEnv *env, void *buffer);
    probe GetDirectBufferCapacity__return(int64_t capacity);
};
