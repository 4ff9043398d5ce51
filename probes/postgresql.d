/* PostgreSQL's server, versions 15 and 17, built with --enable-dtrace as Debian's are.
 *
 * Where the versions differ, a probe stands here once for each number of arguments. Transaction ids are the
 * backend's own (local) ones; the OIDs of a relation are those that name its files.
 */

#define LocalTransactionId unsigned int
#define LWLockMode int
#define LOCKMODE int
#define BlockNumber unsigned int
#define Oid unsigned int
#define ForkNumber int

provider postgresql {
    probe transaction__start(LocalTransactionId local_transaction_id);
    probe transaction__commit(LocalTransactionId local_transaction_id);
    probe transaction__abort(LocalTransactionId local_transaction_id);

    /* A query's way through the server: parse, rewrite, plan, execute. */
    probe query__start(const char *query);
    probe query__parse__start(const char *query);
    probe query__parse__done(const char *query);
    probe query__rewrite__start(const char *query);
    probe query__rewrite__done(const char *query);
    probe query__plan__start();
    probe query__plan__done();
    probe query__execute__start();
    probe query__execute__done();
    probe query__done(const char *query);

    /* The backend tells pg_stat_activity what it is doing. */
    probe statement__status(const char *status);

    /* Lightweight locks, named by their tranche. Mode: 0 exclusive, 1 shared, 2 wait until free. */
    probe lwlock__acquire(const char *tranche, LWLockMode mode);
    probe lwlock__release(const char *tranche);
    probe lwlock__wait__start(const char *tranche, LWLockMode mode);
    probe lwlock__wait__done(const char *tranche, LWLockMode mode);
    probe lwlock__condacquire(const char *tranche, LWLockMode mode);
    probe lwlock__condacquire__fail(const char *tranche, LWLockMode mode);
    probe lwlock__acquire__or__wait(const char *tranche, LWLockMode mode);
    probe lwlock__acquire__or__wait__fail(const char *tranche, LWLockMode mode);

    /* Heavyweight locks. What the four tag fields are (database, relation, ...) depends on the tag type. Mode:
     * 1 access share to 8 access exclusive. */
    probe lock__wait__start(unsigned int tag_field1, unsigned int tag_field2, unsigned int tag_field3,
                            uint16_t tag_field4, uint8_t tag_type, LOCKMODE mode);
    probe lock__wait__done(unsigned int tag_field1, unsigned int tag_field2, unsigned int tag_field3,
                           uint16_t tag_field4, uint8_t tag_type, LOCKMODE mode);
    probe deadlock__found();

    /* Kind: 0 heap, 1 index, 2 datum, 3 cluster. Parallel: 0 no, 1 worker, 2 leader. The space is in disk
     * blocks for an external sort, else in kilobytes of memory. */
    probe sort__start(int kind, bool unique, int key_count, int work_mem_kb, bool random_access, int parallel);
    probe sort__done(bool external, long space_used);

    /* Blocks of a relation going through the buffer pool. The backend id is -1 unless the relation is a
     * temporary one. */
    probe buffer__read__start(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                              Oid database_oid, Oid relation_oid, int backend_id);
    probe buffer__read__done(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                             Oid database_oid, Oid relation_oid, int backend_id, bool hit);
    /* The same two in 15, where a relation grew by reading a block that it did not have; its number is
     * 4294967295 until that is done. */
    probe buffer__read__start(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                              Oid database_oid, Oid relation_oid, int backend_id, bool extend);
    probe buffer__read__done(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                             Oid database_oid, Oid relation_oid, int backend_id, bool extend, bool hit);
    /* In 17. */
    probe buffer__extend__start(ForkNumber fork_number, Oid tablespace_oid, Oid database_oid, Oid relation_oid,
                                int backend_id, unsigned int blocks_wanted);
    probe buffer__extend__done(ForkNumber fork_number, Oid tablespace_oid, Oid database_oid, Oid relation_oid,
                               int backend_id, unsigned int blocks_added, BlockNumber first_block_number);
    probe buffer__flush__start(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                               Oid database_oid, Oid relation_oid);
    probe buffer__flush__done(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                              Oid database_oid, Oid relation_oid);
    /* In 15. */
    probe buffer__write__dirty__start(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                                      Oid database_oid, Oid relation_oid);
    probe buffer__write__dirty__done(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                                     Oid database_oid, Oid relation_oid);

    /* Blocks going between the buffer pool and the operating system, in bytes. */
    probe smgr__md__read__start(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                                Oid database_oid, Oid relation_oid, int backend_id);
    probe smgr__md__read__done(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                               Oid database_oid, Oid relation_oid, int backend_id, int bytes_read,
                               size_t bytes_requested);
    probe smgr__md__write__start(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                                 Oid database_oid, Oid relation_oid, int backend_id);
    probe smgr__md__write__done(ForkNumber fork_number, BlockNumber block_number, Oid tablespace_oid,
                                Oid database_oid, Oid relation_oid, int backend_id, int bytes_written,
                                size_t bytes_requested);

    /* A checkpoint and its parts. The flags say why it happens and how fast; normal is false for the checkpoint
     * of a shutdown. */
    probe checkpoint__start(int flags);
    probe checkpoint__done(int buffers_written, int buffers_total, int wal_files_added, int wal_files_removed,
                           int wal_files_recycled);
    probe clog__checkpoint__start(bool normal);
    probe clog__checkpoint__done(bool normal);
    probe subtrans__checkpoint__start(bool normal);
    probe subtrans__checkpoint__done(bool normal);
    probe multixact__checkpoint__start(bool normal);
    probe multixact__checkpoint__done(bool normal);
    probe twophase__checkpoint__start();
    probe twophase__checkpoint__done();
    probe buffer__checkpoint__start(int flags);
    probe buffer__checkpoint__sync__start();
    probe buffer__checkpoint__done();
    probe buffer__sync__start(int buffers_total, int buffers_to_write);
    probe buffer__sync__written(int buffer_id);
    probe buffer__sync__done(int buffers_total, int buffers_written, int buffers_to_write);

    /* The write-ahead log. */
    probe wal__insert(unsigned char resource_manager_id, unsigned char info);
    probe wal__switch();
    probe wal__buffer__write__dirty__start();
    probe wal__buffer__write__dirty__done();
};
