// Sums of the floats of all ranks, for mpi_bridge.cpp: in the order of the ranks, as float32 or rounded to bfloat16 on
// their way.
#pragma once

constexpr long BLOCK = 1 << 22;  // floats that are under way at a time
constexpr int SOME = 512;        // of them, whose sums are taken at a time

// A number as it travels. What is rounded is added up in full all the same, and the sum is rounded once more.
struct Float32 {
    using Number = float;
    static MPI_Datatype type() { return MPI_FLOAT; }
    static float narrow(float value) { return value; }
    static float widen(float value) { return value; }
};

struct Bfloat16 {
    using Number = uint16_t;
    static MPI_Datatype type() { return MPI_UINT16_T; }

    static uint16_t narrow(float value) {
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        if (value != value) return bits >> 16 | 0x40;
        return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;  // to the nearest, halves to even
    }

    static float widen(uint16_t value) {
        uint32_t bits = (uint32_t)value << 16;
        float wide;
        memcpy(&wide, &bits, sizeof wide);
        return wide;
    }
};

// Never taken down, since the thread may still use them when the program ends.
std::vector<float> &pieces = *new std::vector<float>;                // [ranks][share of a block]
std::vector<uint16_t> &rounded = *new std::vector<uint16_t>;         // a block
std::vector<uint16_t> &rounded_pieces = *new std::vector<uint16_t>;  // [ranks][share of a block]

// values [share] become the sums over the ranks of pieces [ranks][share], some at a time so that they stay in the
// first cache.
template <class Form>
void add_up(const typename Form::Number *pieces, long share, typename Form::Number *values) {
    double sums[SOME];
    for (long from = 0; from < share; from += SOME) {
        int count = (int)std::min<long>(SOME, share - from);
        std::fill(sums, sums + count, 0.0);
        for (int r = 0; r < ranks; r++)
            for (int i = 0; i < count; i++) sums[i] += Form::widen(pieces[r * share + from + i]);
        for (int i = 0; i < count; i++) values[from + i] = Form::narrow((float)sums[i]);
    }
}

// Every rank adds up its own share of the block, and hands it to the others.
template <class Form>
int sum_block(typename Form::Number *values, std::vector<typename Form::Number> &pieces, long length, double limit) {
    std::vector<int> sent(ranks), from(ranks), got(ranks), into(ranks);
    auto first = [&](long rank) { return (int)(length * rank / ranks); };
    int share = first(own + 1) - first(own);
    for (int r = 0; r < ranks; r++) {
        from[r] = first(r);
        sent[r] = first(r + 1) - first(r);
        got[r] = share;
        into[r] = r * share;
    }
    pieces.resize((size_t)ranks * share);
    MPI_Request request;
    int started = MPI_Ialltoallv(values, sent.data(), from.data(), Form::type(), pieces.data(), got.data(), into.data(),
                                 Form::type(), MPI_COMM_WORLD, &request);
    int outcome = wait(started, &request, limit);
    if (outcome != DONE) return outcome;
    add_up<Form>(pieces.data(), share, values + from[own]);
    started = MPI_Iallgatherv(MPI_IN_PLACE, 0, Form::type(), values, sent.data(), from.data(), Form::type(),
                              MPI_COMM_WORLD, &request);
    return wait(started, &request, limit);
}

int sum_rounded(float *values, long length, double limit) {
    rounded.resize(length);
    std::transform(values, values + length, rounded.begin(), Bfloat16::narrow);
    int outcome = sum_block<Bfloat16>(rounded.data(), rounded_pieces, length, limit);
    std::transform(rounded.begin(), rounded.end(), values, Bfloat16::widen);
    return outcome;
}

int sum_floats(float *values, long length, bool rounds, double limit) {
    for (long done = 0; done < length; done += BLOCK) {
        long block = std::min(BLOCK, length - done);
        int outcome = rounds ? sum_rounded(values + done, block, limit)
                             : sum_block<Float32>(values + done, pieces, block, limit);
        if (outcome != DONE) return outcome;
    }
    return DONE;
}
