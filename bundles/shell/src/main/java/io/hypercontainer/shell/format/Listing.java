// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/**
 * A list of things in the form that the user asked for with {@code --format}: {@code table}, {@code
 * table TEMPLATE}, {@code json} (an object a line) or a template that is applied to each.
 */
public final class Listing {
    private final String columns;
    private final Fields headers;

    /**
     * @param columns template of the usual table, columns divided by {@code \t}
     * @param headers the heading of each field
     */
    public Listing(String columns, Fields headers) {
        this.columns = columns;
        this.headers = headers;
    }

    /**
     * Prints things.
     *
     * @param out receives them
     * @param format what the user asked for, empty for the usual table
     * @param rows the things
     */
    public void print(PrintStream out, String format, List<Fields> rows) {
        if (format.isEmpty() || format.equals("table")) {
            table(out, columns, rows);
        } else if (format.startsWith("table ")) {
            table(out, format.substring("table ".length()).strip(), rows);
        } else if (format.equals("json")) {
            rows.forEach(row -> out.println(Json.line(row)));
        } else {
            Template template = Template.ofOption(format);
            rows.forEach(row -> out.println(template.render(row)));
        }
    }

    private void table(PrintStream out, String columns, List<Fields> rows) {
        Template template = Template.ofOption(columns);
        String[] headings = template.render(headers).split("\t", -1);
        Table table = new Table(headings);
        rows.forEach(row -> table.row(cells(template.render(row), headings.length)));
        table.print(out);
    }

    /**
     * Cells are full of what images say, who may be hostile, and a table is for a terminal. A tab
     * in a value is not another column.
     */
    private static String[] cells(String row, int columns) {
        String[] cells = Arrays.copyOf(row.split("\t", columns), columns);
        for (int i = 0; i < columns; i++) {
            cells[i] = cells[i] == null ? "" : Visible.of(cells[i]);
        }
        return cells;
    }
}
