package lstmgpu.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a table of replacements as SentencePiece does: a double array in which a child of node n is at base(n) XOR its
 * byte.
 */
final class CharsMapTable {
    private static final int SIZE = 1 << 13;

    private final int[] units = new int[SIZE];
    private final boolean[] used = new boolean[SIZE];
    private final ByteArrayOutputStream texts = new ByteArrayOutputStream();

    private static final class Node {
        private final TreeMap<Integer, Node> children = new TreeMap<>();
        private int value = -1;
    }

    private CharsMapTable() {}

    /** In Base64. */
    static String of(Map<String, String> replacements) {
        CharsMapTable table = new CharsMapTable();
        Node root = new Node();
        replacements.forEach((from, to) -> {
            Node node = root;
            for (byte value : from.getBytes(StandardCharsets.UTF_8)) {
                node = node.children.computeIfAbsent(Byte.toUnsignedInt(value), _ -> new Node());
            }
            node.value = table.texts.size();
            table.texts.writeBytes((to + "\0").getBytes(StandardCharsets.UTF_8));
        });
        table.used[0] = true;
        table.place(root, 0, 0);
        ByteBuffer bytes =
                ByteBuffer.allocate(4 + 4 * SIZE + table.texts.size()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(4 * SIZE);
        for (int unit : table.units) {
            bytes.putInt(unit);
        }
        bytes.put(table.texts.toByteArray());
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private void place(Node node, int index, int label) {
        int base = base(node);
        if (node.value >= 0) {
            used[base] = true;
            units[base] = node.value | 1 << 31;
        }
        node.children.keySet().forEach(child -> used[base ^ child] = true);
        units[index] = label | (node.value >= 0 ? 1 << 8 : 0) | (index ^ base) << 10;
        node.children.forEach((child, next) -> place(next, base ^ child, child));
    }

    /** Where neither the value nor a child meets another node. */
    private int base(Node node) {
        int base = 256;
        while (node.value >= 0 && used[base] || anyUsed(node, base)) {
            base++;
        }
        return base;
    }

    private boolean anyUsed(Node node, int base) {
        return node.children.keySet().stream().anyMatch(child -> used[base ^ child]);
    }
}
