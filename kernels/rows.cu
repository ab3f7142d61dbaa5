// Which rows of tables the sequences of a batch read, and numbers out of such a table. With
// s = order[k·all + first + b], where the B sequences are those from `first` on of a batch of `all` and k is the step
// in the epoch:
//   rows[t,b] = starts[s] + t for t < ends[b] = min(lengths[s], T), behind it 0; chosen[b] = s.
// And take: out[n] = table[rows[n]].
//
// Arrays   starts     int [S]      in       the row where each sequence begins, none below 0
//          lengths    int [S]      in       the rows that it has, 1 or more
//          order      int [.]      in       an epoch's sequences, each in [0, S)
//          counters   int [3]      in       STEP, EPOCH_STEP, EPOCH
//          rows       int [T,B]    out      take: int [N], in, each in [0, V)
//          ends       int [B]      out
//          chosen     int [B]      out
//          table      int [V]      in
//          out        int [N]      out
// Launch   any one-dimensional grid
// Traffic  gather_rows: 4·T·B bytes written, 20·B of the arrays by sequence; take: 12·N bytes
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(gather_rows, BUFFER(const int, starts), BUFFER(const int, lengths), BUFFER(const int, order),
       BUFFER(const int, counters), BUFFER(int, rows), BUFFER(int, ends), BUFFER(int, chosen), int steps, int sequences,
       int first, int all) {
    VIEW(const int, starts);
    VIEW(const int, lengths);
    VIEW(const int, order);
    VIEW(const int, counters);
    VIEW(int, rows);
    VIEW(int, ends);
    VIEW(int, chosen);
    long64 place = (long64)counters[1] * all + first;
    FOR_EACH(i, (long64)steps * sequences) {
        int b = (int)(i % sequences), t = (int)(i / sequences);
        int s = order[place + b];
        int length = lengths[s];
        rows[i] = t < length ? starts[s] + t : 0;
        if (t == 0) {
            ends[b] = length < steps ? length : steps;
            chosen[b] = s;
        }
    }
}

KERNEL(take, BUFFER(const int, table), BUFFER(const int, rows), BUFFER(int, out), long64 n) {
    VIEW(const int, table);
    VIEW(const int, rows);
    VIEW(int, out);
    FOR_EACH(i, n) out[i] = table[rows[i]];
}
