// The two directions of a bidirectional layer (Schuster and Paliwal 1997), whose second one reads every sequence from
// its end. Sequence b has len = lengths[b] steps; behind them everything is 0.
//   reverse           y[t,b,:] = x[len−1−t,b,:] for t < len, or, adding, y[t,b,:] += it, and behind y as it was
//   join_directions   y[t,b,:H] = f[t,b,:], y[t,b,H:] = r[len−1−t,b,:] for t < len
//   split_directions  the gradient of that: df[t,b,:] = dy[t,b,:H], dr[t,b,:] = dy[len−1−t,b,H:] for t < len
//
// Arrays   lengths   int [B]          in     each in [0, T]; null: all T
//          x         float [T,B,W]    in
//          y         float [T,B,W]    out    in and out where added to
//          f, r      float [T,B,H]    in     the forward direction; the other, its own first step first
//          y         float [T,B,2H]   out    join_directions
//          dy        float [T,B,2H]   in
//          df, dr    float [T,B,H]    out
// Launch   x = any, for the sequences; y = any, for the steps; a block takes ⌊BLOCK/width⌋ sequences of a step at once,
//          or one in strips of BLOCK columns
// Traffic  every element up to its sequence's end is read once, every element written once; added to: one up to the end
//          read twice, written once, nothing behind
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

// Rows of a step that a block takes at once, the thread's place among them, and its first column and the way to the
// next one. The thread is to do nothing where its place is not below `together`.
#define ROW_OF_THREAD(width)                         \
    int across = (width) < BLOCK ? (width) : BLOCK;  \
    int together = BLOCK / across;                   \
    int place = THREAD / across;                     \
    int first = THREAD - place * across

#define FOR_EACH_STEP(t, steps) for (long64 t = BLOCK_Y; t < (steps); t += BLOCKS_Y)
#define FOR_EACH_SEQUENCE(b, sequences) \
    for (long64 b = BLOCK_X * together + place; b < (sequences); b += BLOCKS_X * together)

// The step of the sequence that stands at step t of the other direction; negative behind the end.
DEVICE long64 opposite(GLOBAL const int *lengths, long64 b, int steps, long64 t) {
    return (lengths ? lengths[b] : steps) - 1 - t;
}

KERNEL(reverse, BUFFER(const float, x), BUFFER(const int, lengths), BUFFER(float, y), int steps, int sequences,
       int width, int add) {
    VIEW(const float, x);
    VIEW(const int, lengths);
    VIEW(float, y);
    ROW_OF_THREAD(width);
    if (place >= together) return;
    FOR_EACH_STEP(t, steps) {
        FOR_EACH_SEQUENCE(b, sequences) {
            long64 source = opposite(lengths, b, steps, t);
            long64 to = (t * sequences + b) * width, from = (source * sequences + b) * width;
            if (source < 0 && add) continue;
            for (int column = first; column < width; column += across) {
                float value = source < 0 ? 0.0f : x[from + column];
                y[to + column] = add ? y[to + column] + value : value;
            }
        }
    }
}

KERNEL(join_directions, BUFFER(const float, f), BUFFER(const float, r), BUFFER(const int, lengths), BUFFER(float, y),
       int steps, int sequences, int width) {
    VIEW(const float, f);
    VIEW(const float, r);
    VIEW(const int, lengths);
    VIEW(float, y);
    ROW_OF_THREAD(2 * width);
    if (place >= together) return;
    FOR_EACH_STEP(t, steps) {
        FOR_EACH_SEQUENCE(b, sequences) {
            long64 source = opposite(lengths, b, steps, t), row = t * sequences + b;
            for (int column = first; column < 2 * width; column += across) {
                float value = 0.0f;
                if (source >= 0 && column < width) value = f[row * width + column];
                if (source >= 0 && column >= width) value = r[(source * sequences + b) * width + column - width];
                y[row * 2 * width + column] = value;
            }
        }
    }
}

KERNEL(split_directions, BUFFER(const float, dy), BUFFER(const int, lengths), BUFFER(float, df), BUFFER(float, dr),
       int steps, int sequences, int width) {
    VIEW(const float, dy);
    VIEW(const int, lengths);
    VIEW(float, df);
    VIEW(float, dr);
    ROW_OF_THREAD(width);
    if (place >= together) return;
    FOR_EACH_STEP(t, steps) {
        FOR_EACH_SEQUENCE(b, sequences) {
            long64 source = opposite(lengths, b, steps, t), row = t * sequences + b;
            long64 ahead = row * 2 * width, behind = (source * sequences + b) * 2 * width + width;
            for (int column = first; column < width; column += across) {
                df[row * width + column] = source < 0 ? 0.0f : dy[ahead + column];
                dr[row * width + column] = source < 0 ? 0.0f : dy[behind + column];
            }
        }
    }
}
