/* picotls, the TLS 1.3 library of h2o and quicly, as its repository had it in 2025.
 *
 * The events of new_secret hold the keys of the connection, as a key log file would.
 */

provider picotls {
    /* A connection's state is made and freed; its address connects its events. */
    probe new(struct st_ptls_t *tls, int is_server);
    probe free(struct st_ptls_t *tls);

    /* The random of the client's first message, by which key log files name a connection. */
    probe client_random(struct st_ptls_t *tls, const void *bytes // hex[32]
    );

    /* A message of the handshake, without the four bytes of its header, and what came of it: 0, or an error. */
    probe receive_message(
        struct st_ptls_t *tls,
        uint8_t message, // enum{1=client_hello 2=server_hello 4=new_session_ticket 5=end_of_early_data 8=encrypted_extensions 11=certificate 13=certificate_request 15=certificate_verify 20=finished 24=key_update 25=compressed_certificate}
        const void *bytes, // hex[len]
        size_t len, int result);

    /* A key, under its name in a key log file. */
    probe new_secret(struct st_ptls_t *tls, const char *label, const char *secret_hex);

    /* Encrypted client hello. */
    probe ech_selection(struct st_ptls_t *tls, int is_ech);
};
