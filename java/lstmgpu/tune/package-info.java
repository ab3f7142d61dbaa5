/**
 * Searches for settings: runs are drawn from a space of settings, and those that learn best go on. Knows no flags but
 * by their names.
 */
package lstmgpu.tune;
