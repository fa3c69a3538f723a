// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.util.ArrayList;
import java.util.List;

/** Text in columns, laid out as docker's tables: at least ten wide, three spaces apart. */
public final class Table {
    private static final int MIN_WIDTH = 10;
    private static final int GAP = 3;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Adds a row.
     *
     * @param cells its cells; control characters in them are made visible
     * @return this
     */
    public Table row(List<String> cells) {
        rows.add(cells.stream().map(Visible::of).toList());
        return this;
    }

    /**
     * Adds a row.
     *
     * @param cells its cells
     * @return this
     */
    public Table row(String... cells) {
        return row(List.of(cells));
    }

    /** {@return the rows, each with a line feed} */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                out.append(cell);
                if (column < row.size() - 1) {
                    out.repeat(' ', width(column) - length(cell));
                }
            }
            out.append('\n');
        }
        return out.toString();
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> column < row.size() - 1)
                .mapToInt(row -> Math.max(MIN_WIDTH, length(row.get(column)) + GAP))
                .max()
                .orElse(0);
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
