/* A bounded queue of accepted connections between the accepting thread and the workers. */
#ifndef DEMO_QUEUE_H
#define DEMO_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { QUEUE_SIZE = 64 };

struct queued {
    int fd;
    uint64_t conn_id;
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled, drained;
    struct queued items[QUEUE_SIZE];
    int first, count;
    bool closed;
};

void queue_init(struct queue *queue);

/* Waits while the queue is full. False once it is closed: the item is still the caller's. */
bool queue_push(struct queue *queue, struct queued item);

/* Waits while the queue is empty. Returns how many stood in it, the one in `ret` included; 0 when it is
 * closed and empty. */
int queue_pop(struct queue *queue, struct queued *ret);

/* Wakes everybody: nothing goes in any more, what is in still comes out. */
void queue_close(struct queue *queue);

void queue_destroy(struct queue *queue);

#endif
