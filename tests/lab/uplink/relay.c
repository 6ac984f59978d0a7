/* Joins two TUN devices by a wire with delay, jitter and random loss, for kernels without netem.
 *
 *   relay NETNS_A DEVICE_A NETNS_B DEVICE_B DELAY_NS JITTER_NS LOSS_PPM_AB LOSS_PPM_BA GSO SEED
 *
 * Makes both devices, each in its network namespace (a path), prints "ready" and relays until its
 * standard input ends. Each packet waits DELAY_NS plus a uniform number in [-JITTER_NS, JITTER_NS]; packets keep
 * their order, as in a queue. Loss is decided for each packet as it comes in. With GSO 1 a "packet"
 * may be 64 KiB that the kernel cuts later, so loss needs GSO 0. Every line on standard input is
 * answered by one line of counters, A to B and then B to A: packets bytes lost overflowed failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST = 65536 + 64, RING = 1 << 26, BATCH = 64 };

struct record { int64_t due_ns; uint32_t bytes; uint32_t wraps; };

struct wire {
    int from, to;
    int64_t delay_ns, jitter_ns, last_due_ns;
    uint32_t loss_ppm;
    uint64_t random;
    uint8_t *ring;
    size_t head, tail; /* next record to send, next free place; equal means empty */
    atomic_ullong packets, bytes, lost, overflowed, failed;
};

static void die(const char *what) { perror(what); exit(1); }

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static uint64_t draw(struct wire *w) { /* xorshift64*, Vigna 2016 */
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return w->random * 2685821657736338717ULL;
}

static int make_device(const char *namespace, const char *name, int gso) {
    int in = open(namespace, O_RDONLY | O_CLOEXEC);
    if (in < 0 || setns(in, CLONE_NEWNET) < 0) die(namespace);
    close(in);
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device < 0) die("/dev/net/tun");
    struct ifreq wish = {.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR};
    strncpy(wish.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(device, TUNSETIFF, &wish) < 0) die("TUNSETIFF");
    unsigned offload = gso ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 : TUN_F_CSUM;
    if (ioctl(device, TUNSETOFFLOAD, offload) < 0) die("TUNSETOFFLOAD");
    return device;
}

/* A place for one largest packet, or NULL when the ring is full. */
static struct record *place(struct wire *w) {
    size_t need = sizeof(struct record) + LARGEST;
    if (w->tail >= w->head) {
        if (RING - w->tail >= need + sizeof(struct record)) return (struct record *)(w->ring + w->tail);
        if (w->head <= need) return NULL;
        ((struct record *)(w->ring + w->tail))->wraps = 1;
        w->tail = 0;
    }
    return w->head - w->tail > need ? (struct record *)(w->ring + w->tail) : NULL;
}

static int take_in(struct wire *w) {
    static _Thread_local uint8_t spare[LARGEST];
    struct record *r = place(w);
    ssize_t n = read(w->from, r ? (uint8_t *)(r + 1) : spare, LARGEST);
    if (n <= 0) return 0;
    if (!r) { w->overflowed++; return 1; }
    if (w->loss_ppm && draw(w) % 1000000 < w->loss_ppm) { w->lost++; return 1; }
    int64_t due = now_ns() + w->delay_ns;
    if (w->jitter_ns) due += (int64_t)(draw(w) % (uint64_t)(2 * w->jitter_ns + 1)) - w->jitter_ns;
    if (due < w->last_due_ns) due = w->last_due_ns;
    w->last_due_ns = due;
    *r = (struct record){.due_ns = due, .bytes = (uint32_t)n};
    w->tail += (sizeof(struct record) + (size_t)n + 15) & ~(size_t)15;
    return 1;
}

/* Send what is due; nanoseconds until the next, or -1 when nothing waits. */
static int64_t give_out(struct wire *w) {
    while (w->head != w->tail) {
        struct record *r = (struct record *)(w->ring + w->head);
        if (r->wraps) { r->wraps = 0; w->head = 0; continue; }
        int64_t left = r->due_ns - now_ns();
        if (left > 0) return left;
        if (write(w->to, r + 1, r->bytes) < 0) {
            if (errno != EIO) w->failed++; /* EIO: the other device is not yet up */
        } else { w->packets++; w->bytes += r->bytes; }
        w->head += (sizeof(struct record) + r->bytes + 15) & ~(size_t)15;
    }
    return -1;
}

static void *relay(void *given) {
    struct wire *w = given;
    prctl(PR_SET_TIMERSLACK, 1UL);
    struct pollfd wait = {.fd = w->from, .events = POLLIN};
    for (;;) {
        int64_t left = give_out(w);
        struct timespec t = {left / 1000000000, left % 1000000000};
        if (ppoll(&wait, 1, left < 0 ? NULL : &t, NULL) < 0 && errno != EINTR) die("ppoll");
        for (int i = 0; i < BATCH && take_in(w); i++) {}
    }
    return NULL;
}

int main(int count, char **given) {
    if (count != 11) { fprintf(stderr, "relay: ten arguments\n"); return 2; }
    int gso = atoi(given[9]);
    int a = make_device(given[1], given[2], gso), b = make_device(given[3], given[4], gso);
    struct wire wires[2] = {{.from = a, .to = b}, {.from = b, .to = a}};
    for (int i = 0; i < 2; i++) {
        wires[i].delay_ns = atoll(given[5]);
        wires[i].jitter_ns = atoll(given[6]);
        wires[i].loss_ppm = (uint32_t)atol(given[7 + i]);
        wires[i].random = 88172645463325252ULL ^ ((uint64_t)atoll(given[10]) << 1 | (uint64_t)i);
        if (!(wires[i].ring = malloc(RING))) die("malloc");
        pthread_t thread;
        if (pthread_create(&thread, NULL, relay, &wires[i])) die("pthread_create");
    }
    puts("ready");
    fflush(stdout);
    for (int c; (c = getchar()) != EOF;) {
        if (c != '\n') continue;
        for (int i = 0; i < 2; i++)
            printf("%llu %llu %llu %llu %llu%c", wires[i].packets, wires[i].bytes, wires[i].lost,
                   wires[i].overflowed, wires[i].failed, i ? '\n' : ' ');
        fflush(stdout);
    }
    return 0;
}
