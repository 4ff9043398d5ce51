/* quicly, the QUIC library of h2o, as its repository had it in 2025, built with DTrace support.
 *
 * Where the years before differ, a probe stands here once for each number of arguments. These stand in nearly
 * all of them:
 *
 *   conn       the connection's number, which h2o's probe h3s_accept calls quic_master_id. Behind the pointer
 *              it is the member super.local.cid_set.plaintext.master_id, and quicly keeps it at the same place
 *              for those who trace it, so that no debug information is needed.
 *   at         quicly's own clock, milliseconds since 1970; 0 where it isn't known.
 *   stream_id  the stream's number; also where the argument is the stream itself, which has it as its second
 *              member. The handshake goes through streams of its own, whose numbers are -1 less the epoch.
 *
 * An epoch is 0 for initial packets, 1 for 0-RTT, 2 for the handshake and 3 for all that follows; so is a
 * packet type. A probe *_send tells of a frame that is put into a packet, *_receive of one that came in.
 * Connection ids, the tokens of stateless resets and secrets are text already, in hexadecimal.
 *
 * The events hold what goes through the connections and, where an argument is called secret, the keys.
 */

provider quicly {
    /* A connection's life. State: 0 first flight, 1 accepting, 2 connected, 3 closing, 4 draining. */
    probe connect(struct st_quicly_conn_t *conn, // +0x10:u32
                  int64_t at, uint32_t version);
    probe accept(struct st_quicly_conn_t *conn, // +0x10:u32
                 int64_t at, const char *dcid, struct st_quicly_address_token_plaintext_t *address_token);
    probe free(struct st_quicly_conn_t *conn, // +0x10:u32
               int64_t at);
    probe send(struct st_quicly_conn_t *conn, // +0x10:u32
               int64_t at, int state, const char *dcid);
    probe version_switch(struct st_quicly_conn_t *conn, // +0x10:u32
                         int64_t at, uint32_t new_version);
    probe idle_timeout(struct st_quicly_conn_t *conn, // +0x10:u32
                       int64_t at);
    probe handshake_timeout(struct st_quicly_conn_t *conn, // +0x10:u32
                            int64_t at, int64_t elapsed, // ms
                            uint32_t rtt_smoothed // ms
    );
    probe initial_handshake_packet_exceed(struct st_quicly_conn_t *conn, // +0x10:u32
                                          int64_t at, uint64_t num_packets);
    probe stateless_reset_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                  int64_t at);

    /* A datagram came in for the connection. Before 2025 it was not said how long it had waited. */
    probe receive(struct st_quicly_conn_t *conn, // +0x10:u32
                  int64_t at, const char *dcid, const void *bytes, // hex[bytes_len]
                  size_t bytes_len);
    probe receive(struct st_quicly_conn_t *conn, // +0x10:u32
                  int64_t at, const char *dcid, const void *bytes, // hex[bytes_len]
                  size_t bytes_len, int64_t receive_delay);

    /* Network paths. The first has the index 0; to promote one is to make it that. */
    probe new_path(struct st_quicly_conn_t *conn, // +0x10:u32
                   int64_t at, size_t path_index, const char *remote);
    probe delete_path(struct st_quicly_conn_t *conn, // +0x10:u32
                      int64_t at, size_t path_index);
    probe promote_path(struct st_quicly_conn_t *conn, // +0x10:u32
                       int64_t at, size_t path_index);
    probe elicit_path_migration(struct st_quicly_conn_t *conn, // +0x10:u32
                                int64_t at, size_t path_index);

    /* Keys. The labels are those of a key log file, a phase counts the updates. */
    probe crypto_handshake(struct st_quicly_conn_t *conn, // +0x10:u32
                           int64_t at, int64_t ret);
    probe crypto_update_secret(struct st_quicly_conn_t *conn, // +0x10:u32
                               int64_t at, int is_enc, uint8_t epoch, const char *label, const char *secret);
    probe crypto_send_key_update(struct st_quicly_conn_t *conn, // +0x10:u32
                                 int64_t at, uint64_t phase, const char *secret);
    probe crypto_send_key_update_confirmed(struct st_quicly_conn_t *conn, // +0x10:u32
                                           int64_t at, uint64_t next_pn);
    probe crypto_receive_key_update(struct st_quicly_conn_t *conn, // +0x10:u32
                                    int64_t at, uint64_t phase, const char *secret);
    probe crypto_receive_key_update_prepare(struct st_quicly_conn_t *conn, // +0x10:u32
                                            int64_t at, uint64_t phase, const char *secret);

    /* Packets, by packet number. A packet is prepared before its number and length are known. */
    probe packet_prepare(struct st_quicly_conn_t *conn, // +0x10:u32
                         int64_t at, uint8_t first_octet, const char *dcid);
    probe packet_sent(struct st_quicly_conn_t *conn, // +0x10:u32
                      int64_t at, uint64_t pn, size_t len, uint8_t packet_type, int ack_only);
    probe packet_received(struct st_quicly_conn_t *conn, // +0x10:u32
                          int64_t at, uint64_t pn, const void *decrypted, // hex[decrypted_len]
                          size_t decrypted_len, uint8_t packet_type);
    probe packet_acked(struct st_quicly_conn_t *conn, // +0x10:u32
                       int64_t at, uint64_t pn, int is_late_ack);
    /* In 2021. */
    probe packet_lost(struct st_quicly_conn_t *conn, // +0x10:u32
                      int64_t at, uint64_t pn);
    probe packet_lost(struct st_quicly_conn_t *conn, // +0x10:u32
                      int64_t at, uint64_t pn, uint8_t packet_type);
    probe packet_decryption_failed(struct st_quicly_conn_t *conn, // +0x10:u32
                                   int64_t at, uint64_t pn);

    /* Loss and congestion. The count of probe timeouts is negative while they are sent early. */
    probe pto(struct st_quicly_conn_t *conn, // +0x10:u32
              int64_t at, size_t inflight, uint32_t cwnd, int8_t pto_count);
    probe cc_ack_received(struct st_quicly_conn_t *conn, // +0x10:u32
                          int64_t at, uint64_t largest_acked, size_t bytes_acked, uint32_t cwnd,
                          size_t inflight);
    probe cc_congestion(struct st_quicly_conn_t *conn, // +0x10:u32
                        int64_t at, uint64_t max_lost_pn, size_t inflight, uint32_t cwnd);
    probe enter_cc_limited(struct st_quicly_conn_t *conn, // +0x10:u32
                           int64_t at, uint64_t pn);
    probe exit_cc_limited(struct st_quicly_conn_t *conn, // +0x10:u32
                          int64_t at, uint64_t pn);
    probe enter_jumpstart(struct st_quicly_conn_t *conn, // +0x10:u32
                          int64_t at, uint64_t pn, uint32_t rtt, // ms
                          uint32_t cwnd, uint32_t jumpstart_cwnd);
    probe ecn_validation(struct st_quicly_conn_t *conn, // +0x10:u32
                         int64_t at, int ecn_state // enum{0=off 1=on 2=probing}
    );
    probe ecn_congestion(struct st_quicly_conn_t *conn, // +0x10:u32
                         int64_t at, uint64_t ce_count);

    /* Acknowledgements. Both ends of a block are part of it. */
    probe ack_block_received(struct st_quicly_conn_t *conn, // +0x10:u32
                             int64_t at, uint64_t ack_block_begin, uint64_t ack_block_end);
    probe ack_delay_received(struct st_quicly_conn_t *conn, // +0x10:u32
                             int64_t at, uint64_t ack_delay);
    probe ack_send(struct st_quicly_conn_t *conn, // +0x10:u32
                   int64_t at, uint64_t largest_acked, uint64_t ack_delay);
    probe ack_frequency_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                int64_t at, uint64_t sequence, uint64_t packet_tolerance,
                                uint64_t max_ack_delay, uint64_t reordering_threshold);
    probe immediate_ack_send(struct st_quicly_conn_t *conn, // +0x10:u32
                             int64_t at);

    probe ping_send(struct st_quicly_conn_t *conn, // +0x10:u32
                    int64_t at);
    probe ping_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                       int64_t at);

    /* The end of a connection, by the transport or by the application. */
    probe transport_close_send(struct st_quicly_conn_t *conn, // +0x10:u32
                               int64_t at, uint64_t error_code, uint64_t frame_type,
                               const char *reason_phrase);
    probe transport_close_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                  int64_t at, uint64_t error_code, uint64_t frame_type,
                                  const char *reason_phrase);
    probe application_close_send(struct st_quicly_conn_t *conn, // +0x10:u32
                                 int64_t at, uint64_t error_code, const char *reason_phrase);
    probe application_close_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                    int64_t at, uint64_t error_code, const char *reason_phrase);

    /* Bytes of a stream. Before 2025 they were not shown, only their number. */
    probe stream_send(struct st_quicly_conn_t *conn, // +0x10:u32
                      int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                      uint64_t off, size_t len, int is_fin);
    probe stream_send(struct st_quicly_conn_t *conn, // +0x10:u32
                      int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                      uint64_t off, const void *data, // hex[data_len]
                      size_t data_len, int is_fin, int wrote_all);
    probe stream_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                         int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                         uint64_t off, size_t len);
    probe stream_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                         int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                         uint64_t off, const void *data, // hex[data_len]
                         size_t data_len, int is_fin);
    probe stream_acked(struct st_quicly_conn_t *conn, // +0x10:u32
                       int64_t at, int64_t stream_id, uint64_t off, size_t len);
    probe stream_lost(struct st_quicly_conn_t *conn, // +0x10:u32
                      int64_t at, int64_t stream_id, uint64_t off, size_t len);

    /* Streams that are given up, or not wanted. */
    probe reset_stream_send(struct st_quicly_conn_t *conn, // +0x10:u32
                            int64_t at, int64_t stream_id, int64_t error_code, uint64_t final_size);
    probe reset_stream_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                               int64_t at, int64_t stream_id, int64_t error_code, uint64_t final_size);
    probe stop_sending_send(struct st_quicly_conn_t *conn, // +0x10:u32
                            int64_t at, int64_t stream_id, int64_t error_code);
    probe stop_sending_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                               int64_t at, int64_t stream_id, int64_t error_code);

    /* What a side may send: bytes in all, streams, bytes of a stream; and that it has come to that end. */
    probe max_data_send(struct st_quicly_conn_t *conn, // +0x10:u32
                        int64_t at, uint64_t maximum);
    probe max_data_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                           int64_t at, uint64_t maximum);
    probe max_streams_send(struct st_quicly_conn_t *conn, // +0x10:u32
                           int64_t at, uint64_t maximum, int is_unidirectional);
    probe max_streams_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                              int64_t at, uint64_t maximum, int is_unidirectional);
    probe max_stream_data_send(struct st_quicly_conn_t *conn, // +0x10:u32
                               int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                               uint64_t maximum);
    probe max_stream_data_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                  int64_t at, int64_t stream_id, uint64_t maximum);
    probe data_blocked_send(struct st_quicly_conn_t *conn, // +0x10:u32
                            int64_t at, uint64_t off);
    probe data_blocked_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                               int64_t at, uint64_t off);
    probe streams_blocked_send(struct st_quicly_conn_t *conn, // +0x10:u32
                               int64_t at, uint64_t maximum, int is_unidirectional);
    probe streams_blocked_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                  int64_t at, uint64_t maximum, int is_unidirectional);
    probe stream_data_blocked_send(struct st_quicly_conn_t *conn, // +0x10:u32
                                   int64_t at, int64_t stream_id, uint64_t maximum);
    probe stream_data_blocked_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                      int64_t at, int64_t stream_id, uint64_t maximum);

    /* Tokens for the next connection, the end of the handshake, connection ids. */
    probe new_token_send(struct st_quicly_conn_t *conn, // +0x10:u32
                         int64_t at, uint8_t *token, // hex[token_len]
                         size_t token_len, uint64_t generation);
    probe new_token_acked(struct st_quicly_conn_t *conn, // +0x10:u32
                          int64_t at, uint64_t generation);
    probe new_token_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                            int64_t at, uint8_t *token, // hex[token_len]
                            size_t token_len);
    probe handshake_done_send(struct st_quicly_conn_t *conn, // +0x10:u32
                              int64_t at);
    probe handshake_done_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                 int64_t at);
    probe new_connection_id_send(struct st_quicly_conn_t *conn, // +0x10:u32
                                 int64_t at, uint64_t sequence, uint64_t retire_prior_to, const char *cid,
                                 const char *stateless_reset_token);
    probe new_connection_id_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                    int64_t at, uint64_t sequence, uint64_t retire_prior_to, const char *cid,
                                    const char *stateless_reset_token);
    probe retire_connection_id_send(struct st_quicly_conn_t *conn, // +0x10:u32
                                    int64_t at, uint64_t sequence);
    probe retire_connection_id_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                       int64_t at, uint64_t sequence);

    /* Is the peer at that address? */
    probe path_challenge_send(struct st_quicly_conn_t *conn, // +0x10:u32
                              int64_t at, const void *bytes, // hex[bytes_len]
                              size_t bytes_len);
    probe path_challenge_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                 int64_t at, const void *bytes, // hex[bytes_len]
                                 size_t bytes_len);
    probe path_response_send(struct st_quicly_conn_t *conn, // +0x10:u32
                             int64_t at, const void *bytes, // hex[bytes_len]
                             size_t bytes_len);
    probe path_response_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                                int64_t at, const void *bytes, // hex[bytes_len]
                                size_t bytes_len);

    /* Datagrams inside of the connection. */
    probe datagram_send(struct st_quicly_conn_t *conn, // +0x10:u32
                        int64_t at, const void *payload, // hex[payload_len]
                        size_t payload_len);
    probe datagram_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                           int64_t at, const void *payload, // hex[payload_len]
                           size_t payload_len);

    /* What the format of quic-trace needs besides. The round-trip times, in milliseconds, stand in one structure. */
    probe quictrace_send_stream(struct st_quicly_conn_t *conn, // +0x10:u32
                                int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                                uint64_t off, size_t len, int fin);
    probe quictrace_recv_stream(struct st_quicly_conn_t *conn, // +0x10:u32
                                int64_t at, int64_t stream_id, uint64_t off, size_t len, int fin);
    probe quictrace_cc_ack(
        struct st_quicly_conn_t *conn, // +0x10:u32
        int64_t at,
        struct quicly_rtt_t *min_rtt, // +0:u32 and smoothed_rtt +4:u32 and variance_rtt +8:u32 and latest_rtt +12:u32
        uint32_t cwnd, size_t inflight);
    probe quictrace_cc_lost(
        struct st_quicly_conn_t *conn, // +0x10:u32
        int64_t at,
        struct quicly_rtt_t *min_rtt, // +0:u32 and smoothed_rtt +4:u32 and variance_rtt +8:u32 and latest_rtt +12:u32
        uint32_t cwnd, size_t inflight);

    /* What the application is told about a stream, and asked for. In stream_on_receive, off is where in its
     * buffer the bytes go, apply_off where they stood in the frame (until 2024 their address). */
    probe stream_on_open(struct st_quicly_conn_t *conn, // +0x10:u32
                         int64_t at, struct st_quicly_stream_t *stream_id // +0x8:s64
    );
    probe stream_on_destroy(struct st_quicly_conn_t *conn, // +0x10:u32
                            int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                            int64_t err);
    probe stream_on_send_shift(struct st_quicly_conn_t *conn, // +0x10:u32
                               int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                               size_t delta);
    probe stream_on_send_emit(struct st_quicly_conn_t *conn, // +0x10:u32
                              int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                              size_t off, size_t capacity);
    probe stream_on_send_stop(struct st_quicly_conn_t *conn, // +0x10:u32
                              int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                              int64_t err);
    probe stream_on_receive(struct st_quicly_conn_t *conn, // +0x10:u32
                            int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                            size_t off, size_t apply_off, size_t src_len);
    probe stream_on_receive_reset(struct st_quicly_conn_t *conn, // +0x10:u32
                                  int64_t at, struct st_quicly_stream_t *stream_id, // +0x8:s64
                                  int64_t err);

    /* A line of the debug log, and, at a connection's end, its counters. */
    probe debug_message(struct st_quicly_conn_t *conn, // +0x10:u32
                        const char *function, int line, const char *message);
    probe conn_stats(struct st_quicly_conn_t *conn, // +0x10:u32
                     int64_t at, struct st_quicly_stats_t *stats, size_t size);
};
