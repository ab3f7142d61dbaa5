package lstmgpu.data.table;

import java.util.Iterator;

/** The rows of an open file in their order. */
public interface Rows extends Iterator<Row>, AutoCloseable {
    @Override
    void close();
}
