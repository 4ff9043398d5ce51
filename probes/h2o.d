/* h2o, the web server, as its repository had it in 2025 (2.3.0-DEV), built with DTrace support.
 *
 * Where the years before differ, a probe stands here once for each number of arguments. A connection's number
 * is unique within the process and a request's within its connection, so the two together name a request.
 *
 * Header fields and bodies are what clients and servers sent, cookies included.
 */

provider h2o {
    /* A socket's writes: what the server hands over, what went to the system, and what becomes TLS records. */
    probe socket_write(struct st_h2o_socket_t *sock, struct st_h2o_iovec_t *bufs, size_t bufcnt, void *cb);
    probe socket_write_complete(struct st_h2o_socket_t *sock, int success);
    probe socket_writev(struct st_h2o_socket_t *sock, ssize_t ret);
    probe socket_write_tls_record(struct st_h2o_socket_t *sock, size_t write_size, size_t bytes_buffered);

    /* Files that are read through io_uring. */
    probe io_uring_splice(struct st_h2o_io_uring_cmd_t *cmd);
    probe io_uring_submit(struct st_h2o_io_uring_cmd_t *cmd);
    probe io_uring_end(struct st_h2o_io_uring_cmd_t *cmd);

    /* A request and its response, whatever the protocol. The version is 256 for HTTP/1.0, 257 for HTTP/1.1,
     * 512 for HTTP/2 and 768 for HTTP/3. Header fields come one event each. */
    probe receive_request(uint64_t conn_id, uint64_t req_id, int http_version);
    probe receive_request_header(uint64_t conn_id, uint64_t req_id, const char *name, // text[name_len]
                                 size_t name_len, const char *value, // text[value_len]
                                 size_t value_len);
    probe send_response(uint64_t conn_id, uint64_t req_id, int status);
    /* In 2021. */
    probe send_response(uint64_t conn_id, uint64_t req_id, int status, struct st_h2o_tunnel_t *tunnel);
    probe send_response_header(uint64_t conn_id, uint64_t req_id, const char *name, // text[name_len]
                               size_t name_len, const char *value, // text[value_len]
                               size_t value_len);

    /* HTTP/1 and HTTP/2 connections. The identifier is that of the access log; it came in 2021. */
    probe h1_accept(uint64_t conn_id, struct st_h2o_socket_t *sock, struct st_h2o_conn_t *conn);
    probe h1_accept(uint64_t conn_id, struct st_h2o_socket_t *sock, struct st_h2o_conn_t *conn,
                    const char *conn_uuid);
    probe h1_close(uint64_t conn_id);
    probe h2_unknown_frame_type(uint64_t conn_id, uint8_t frame_type);

    /* HTTP/3 connections. The QUIC connection is shown by the number that quicly's probes call conn: the member
     * super.local.cid_set.plaintext.master_id, which stays where it is for the sake of tracing. */
    probe h3s_accept(uint64_t conn_id, struct st_h2o_conn_t *conn,
                     struct st_quicly_conn_t *quic_master_id // +0x10:u32
    );
    probe h3s_accept(uint64_t conn_id, struct st_h2o_conn_t *conn,
                     struct st_quicly_conn_t *quic_master_id, // +0x10:u32
                     const char *conn_uuid);

    /* The end of a connection and of a request stream, with what went through: the stream's bytes, those of
     * header blocks as they were encoded, of bodies, the number of header fields, and their text when decoded.
     * Before 2025 the connection's number came alone. */
    probe h3s_destroy(uint64_t conn_id);
    probe h3s_destroy(uint64_t conn_id, uint64_t num_requests, uint64_t request_stream_bytes,
                      uint64_t request_header_bytes, uint64_t request_body_bytes,
                      uint64_t request_header_count, uint64_t request_header_text_bytes,
                      uint64_t response_stream_bytes, uint64_t response_header_bytes,
                      uint64_t response_body_bytes, uint64_t response_header_count,
                      uint64_t response_header_text_bytes);
    probe h3s_stream_stats(uint64_t conn_id, uint64_t stream_id, uint64_t request_stream_bytes,
                           uint64_t request_header_bytes, uint64_t request_body_bytes,
                           uint64_t request_header_count, uint64_t request_header_text_bytes,
                           uint64_t response_stream_bytes, uint64_t response_header_bytes,
                           uint64_t response_body_bytes, uint64_t response_header_count,
                           uint64_t response_header_text_bytes);
    /* The states are the server's own, in the order in which a request runs through them. */
    probe h3s_stream_set_state(uint64_t conn_id, uint64_t req_id, unsigned state);

    /* A frame of HTTP/3, without its bytes if it is a DATA frame. */
    probe h3_frame_receive(uint64_t frame_type, const void *bytes, // hex[bytes_len]
                           size_t bytes_len);

    /* Datagrams: received, and passed between the threads or the nodes of a cluster that share a port. */
    probe h3_packet_receive(struct sockaddr *dest, // sockaddr
                            struct sockaddr *src, // sockaddr
                            const void *bytes, // hex[bytes_len]
                            size_t bytes_len);
    probe h3_packet_forward(struct sockaddr *dest, // sockaddr
                            struct sockaddr *src, // sockaddr
                            size_t num_packets, size_t num_bytes, int fd);
    probe h3_packet_forward_to_node_ignore(uint64_t node_id);
    probe h3_packet_forward_to_thread_ignore(uint32_t thread_id);
    probe h3_forwarded_packet_receive(struct sockaddr *dest, // sockaddr
                                      struct sockaddr *src, // sockaddr
                                      size_t num_bytes);

    /* Tunnels that a CONNECT or CONNECT-UDP request asks for, towards the server behind. */
    probe connect_tcp_start(uint64_t conn_id, uint64_t req_id, struct sockaddr *dest // sockaddr
    );
    probe connect_tcp_write(uint64_t conn_id, uint64_t req_id, size_t num_bytes);
    probe connect_tcp_write_error(uint64_t conn_id, uint64_t req_id, const char *err);
    probe connect_tcp_read(uint64_t conn_id, uint64_t req_id, size_t num_bytes);
    probe connect_tcp_read_error(uint64_t conn_id, uint64_t req_id, const char *err);
    probe connect_udp_start(uint64_t conn_id, uint64_t req_id, struct sockaddr *dest // sockaddr
    );
    probe connect_udp_write(uint64_t conn_id, uint64_t req_id, size_t num_bytes);
    probe connect_udp_read(uint64_t conn_id, uint64_t req_id, size_t num_bytes);
    probe connect_error(uint64_t conn_id, uint64_t req_id, const char *error_type, const char *details,
                        const char *rcode);
    probe connect_success(uint64_t conn_id, uint64_t req_id, struct sockaddr *dest // sockaddr
    );
    probe connect_io_timeout(uint64_t conn_id, uint64_t req_id);
    probe connect_dispose(uint64_t conn_id, uint64_t req_id);
};
