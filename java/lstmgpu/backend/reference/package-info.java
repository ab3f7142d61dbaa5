/**
 * The contract in plain loops and float64, to judge the other backends by. It shares no arithmetic
 * with them: its random numbers, its permutation and its recurrences are written here a second
 * time, straight from the definitions.
 */
package lstmgpu.backend.reference;
