// Activation and temporal activation regularisation (Merity, McCann and Socher 2017): the gradient of alpha/2·Σ y² +
// beta/2·Σ (y[t] − y[t−1])² is added to dy: dy[t] += alpha·y[t] + beta·((y[t] − y[t−1]) − (y[t+1] − y[t])), where the
// first step has no step before it and the last none behind.
//
// Arrays   y     float [T,width]    in
//          dy    float [T,width]    in and out
// Numbers  width: the sequences times their units
// Launch   any one-dimensional grid
// Traffic  8·T·width bytes read, 4 written; with beta 0 y's neighbours are not looked at
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(activation_penalty, BUFFER(const float, y), BUFFER(float, dy), long64 steps, long64 width, float alpha,
       float beta) {
    VIEW(const float, y);
    VIEW(float, dy);
    long64 n = steps * width;
    FOR_EACH(i, n) {
        float value = y[i], change = 0.0f;
        if (beta != 0.0f) {
            if (i >= width) change += value - y[i - width];
            if (i + width < n) change -= y[i + width] - value;
        }
        dy[i] += alpha * value + beta * change;
    }
}
