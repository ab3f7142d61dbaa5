/** Native libraries of the program and its dependencies: unpacked into a private folder, checked, loaded. */
package lstmgpu.backend.natives;
