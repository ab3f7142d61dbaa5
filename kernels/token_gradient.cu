// The gradient of a gather: target[tokens[n],:] += rows[n,:], over n in rising order, without atomics.
//
// The positions n are sorted by token, stably, eight bits per pass: token_count counts each digit in chunks of BLOCK
// positions, token_scan turns a digit's counts into sums over the chunks before, token_place puts every position where
// it belongs. token_sum adds the sorted rows in pieces of PIECE: a run of one token that lies within its piece goes
// straight to the target, a part of a longer run to `partial`, and token_combine adds these in order. So a token that
// fills half the text keeps no block longer than any other.
//
// Arrays   tokens    int [N]                          in
//          rows      real [N,width]                   in
//          target    float [V,width]                  in and out
//          work      int [.]                          scratch: counts [256,⌈N/BLOCK⌉], totals [256], order [2,N]
//          partial   float [2·⌈N/PIECE⌉,width]        scratch: of each piece the part of a run that began earlier, and
//                                                     the part of one that begins there and goes on
// Launch   token_count, token_place: one block per chunk; token_scan: 256 blocks; token_sum, token_combine: x = pieces
//          / ⌊BLOCK/across⌋, y = width / across, both rounded up, across = min(width, BLOCK)
// Traffic  about 24·N bytes per pass; N·width·(size of real) read, 8 bytes per column and run, 1/PIECE of the rows in
//          `partial`
// Needs    nothing
#define BLOCK 256
#include "block_sums.h"

#define DIGITS 256
#define PIECE 32
#define AT_ONCE 8  // elements that a thread loads before it adds them, in order

DEFINE_SUM_BEFORE(sum_before, int)

DEVICE long64 chunks_of(int count) { return ((long64)count + BLOCK - 1) / BLOCK; }

// Where the positions lie in `work`: in one of two places, by turns.
DEVICE long64 order_at(int count, int place) { return DIGITS * chunks_of(count) + DIGITS + (long64)place * count; }

DEVICE int position_of(GLOBAL const int *work, int count, int place, long64 i) {
    return place < 0 ? (int)i : work[order_at(count, place) + i];
}

DEVICE int digit_of(GLOBAL const int *tokens, GLOBAL const int *work, int count, int place, int shift) {
    long64 i = BLOCK_X * BLOCK + THREAD;
    return i < count ? tokens[position_of(work, count, place, i)] >> shift & (DIGITS - 1) : -1;
}

KERNEL(token_count, BUFFER(const int, tokens), int count, BUFFER(int, work), int from, int shift) {
    LOCAL_ARRAY(int, digits, BLOCK);
    VIEW(const int, tokens);
    VIEW(int, work);
    digits[THREAD] = digit_of(tokens, work, count, from, shift);
    BARRIER();
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) sum += digits[i] == THREAD;
    work[THREAD * chunks_of(count) + BLOCK_X] = sum;
}

KERNEL(token_scan, int count, BUFFER(int, work)) {
    LOCAL_ARRAY(int, cells, BLOCK);
    VIEW(int, work);
    long64 chunks = chunks_of(count), stretch = (chunks + BLOCK - 1) / BLOCK;
    long64 first = THREAD * stretch, row = BLOCK_X * chunks;
    int sum = 0;
    for (long64 i = first; i < first + stretch && i < chunks; i++) sum += work[row + i];
    int before = sum_before(cells, sum);
    if (THREAD == BLOCK - 1) work[DIGITS * chunks + BLOCK_X] = before + sum;
    for (long64 i = first; i < first + stretch && i < chunks; i++) {
        int own = work[row + i];
        work[row + i] = before;
        before += own;
    }
}

KERNEL(token_place, BUFFER(const int, tokens), int count, BUFFER(int, work), int from, int to, int shift) {
    LOCAL_ARRAY(int, digits, BLOCK);
    LOCAL_ARRAY(int, starts, DIGITS);
    LOCAL_ARRAY(int, cells, BLOCK);
    VIEW(const int, tokens);
    VIEW(int, work);
    long64 chunks = chunks_of(count);
    int digit = digit_of(tokens, work, count, from, shift);
    digits[THREAD] = digit;
    starts[THREAD] = sum_before(cells, work[DIGITS * chunks + THREAD]);
    BARRIER();
    if (digit < 0) return;
    int rank = 0;
    for (int i = 0; i < THREAD; i++) rank += digits[i] == digit;
    int position = position_of(work, count, from, BLOCK_X * BLOCK + THREAD);
    work[order_at(count, to) + starts[digit] + work[digit * chunks + BLOCK_X] + rank] = position;
}

KERNEL(token_sum, BUFFER(const real, rows), BUFFER(const int, tokens), int count, BUFFER(const int, work), int place,
       int width, BUFFER(float, partial), BUFFER(float, target)) {
    VIEW(const real, rows);
    VIEW(const int, tokens);
    VIEW(const int, work);
    VIEW(float, partial);
    VIEW(float, target);
    int across = width < BLOCK ? width : BLOCK, together = BLOCK / across;
    long64 piece = BLOCK_X * together + THREAD / across, column = BLOCK_Y * across + THREAD % across;
    long64 first = piece * PIECE, end = first + PIECE < count ? first + PIECE : count;
    if (THREAD / across >= together || first >= count || column >= width) return;
    GLOBAL const int *order = work + order_at(count, place);
    int token = tokens[order[first]];
    int begun_earlier = first > 0 && tokens[order[first - 1]] == token;
    float sum = 0.0f;
    for (long64 i = first; i < end; i += AT_ONCE) {
        int ids[AT_ONCE];
        float values[AT_ONCE];
        for (int j = 0; j < AT_ONCE; j++) {
            int position = i + j < end ? order[i + j] : order[first];
            ids[j] = i + j < end ? tokens[position] : -1;
            values[j] = LOAD(rows, (long64)position * width + column);
        }
        for (int j = 0; j < AT_ONCE; j++) {
            if (ids[j] < 0) break;
            if (ids[j] != token) {
                if (begun_earlier) partial[2 * piece * width + column] = sum;
                else target[(long64)token * width + column] += sum;
                token = ids[j];
                sum = 0.0f;
                begun_earlier = 0;
            }
            sum += values[j];
        }
    }
    int goes_on = end < count && tokens[order[end]] == token;
    if (begun_earlier) partial[2 * piece * width + column] = sum;
    else if (goes_on) partial[(2 * piece + 1) * width + column] = sum;
    else target[(long64)token * width + column] += sum;
}

KERNEL(token_combine, BUFFER(const int, tokens), int count, BUFFER(const int, work), int place, int width,
       BUFFER(const float, partial), BUFFER(float, target)) {
    VIEW(const int, tokens);
    VIEW(const int, work);
    VIEW(const float, partial);
    VIEW(float, target);
    int across = width < BLOCK ? width : BLOCK, together = BLOCK / across;
    long64 piece = BLOCK_X * together + THREAD / across, column = BLOCK_Y * across + THREAD % across;
    long64 first = piece * PIECE, next = first + PIECE;
    if (THREAD / across >= together || next >= count || column >= width) return;
    GLOBAL const int *order = work + order_at(count, place);
    int token = tokens[order[next]];
    if (tokens[order[next - 1]] != token) return;  // no run goes on from here
    if (first > 0 && tokens[order[first - 1]] == token) return;  // it began earlier
    // Pieces up to `known` begin with the token, from `end` on none does.
    long64 known = piece + 1, end = (count + PIECE - 1) / PIECE;
    while (known + 1 < end) {
        long64 middle = (known + end) / 2;
        if (tokens[order[middle * PIECE]] == token) known = middle;
        else end = middle;
    }
    float sum = partial[(2 * piece + 1) * width + column];
    for (long64 i = piece + 1; i < end; i += AT_ONCE) {
        float values[AT_ONCE];
        for (int j = 0; j < AT_ONCE; j++) values[j] = i + j < end ? partial[2 * (i + j) * width + column] : 0.0f;
        for (int j = 0; j < AT_ONCE; j++) sum += values[j];
    }
    target[(long64)token * width + column] += sum;
}
