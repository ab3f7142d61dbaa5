/**
 * Twins of backends on which everything can be made and nothing takes memory or runs: what something would take is
 * found by making it.
 */
package lstmgpu.backend.counted;
