// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns under upper-case headings, three spaces apart. */
public final class Table {
    private static final String GAP = "   ";

    private final int columns;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Makes a table without rows.
     *
     * @param headings one a column
     */
    public Table(String... headings) {
        columns = headings.length;
        rows.add(List.of(headings));
    }

    /**
     * Adds a row.
     *
     * @param cells one a column
     */
    public void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(
                    cells.length + " cells in a table of " + columns + " columns");
        }
        rows.add(List.of(cells));
    }

    /**
     * Prints headings and rows.
     *
     * @param out where
     */
    public void print(PrintStream out) {
        int[] widths = new int[columns];
        for (var row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        for (var row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i < columns - 1) {
                    line.append(" ".repeat(widths[i] - width(row.get(i)))).append(GAP);
                }
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
