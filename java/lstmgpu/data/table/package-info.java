/** Tables from files: columns by name, rows that know where they stand. */
package lstmgpu.data.table;
