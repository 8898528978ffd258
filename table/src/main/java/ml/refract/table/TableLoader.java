package ml.refract.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Builds a table in two passes over its rows: the first infers types, the second loads typed values. */
final class TableLoader {
    private final Supplier<RowCursor> passes;
    private final ColumnOptions options;
    private final Set<String> missingTexts;
    private final MissingTokens missingTokens;

    TableLoader(Supplier<RowCursor> passes, ColumnOptions options, Set<String> missingTexts) {
        this.passes = passes;
        this.options = options;
        this.missingTexts = missingTexts;
        this.missingTokens = new MissingTokens(missingTexts);
    }

    Table load() {
        List<ColumnScan> scans = new ArrayList<>();
        int rows;
        TypeRules rules;
        try (RowCursor cursor = passes.get()) {
            options.requireColumns(cursor.source(), cursor.header());
            rules = new TypeRules(cursor.source(), options);
            cursor.header().forEach(name -> scans.add(new ColumnScan(name)));
            rows = scan(cursor, scans);
        }
        try (RowCursor cursor = passes.get()) {
            return fill(cursor, scans, rules, rows);
        }
    }

    private int scan(RowCursor cursor, List<ColumnScan> scans) {
        ColumnScan[] columns = scans.toArray(ColumnScan[]::new);
        int rows = 0;
        while (cursor.next()) {
            if (rows == Integer.MAX_VALUE) {
                throw new DataException(
                        cursor.source(), "there are more than " + rows + " rows", "train on a part of them");
            }
            rows++;
            Row row = cursor.row();
            for (int j = 0; j < columns.length; j++) {
                columns[j].accept(row, j, missingTokens);
            }
        }
        return rows;
    }

    private Table fill(RowCursor cursor, List<ColumnScan> scans, TypeRules rules, int rows) {
        List<TypeRules.Decision> decisions = scans.stream().map(rules::decide).toList();
        List<ColumnLoader> loaders = new ArrayList<>();
        List<Integer> fieldList = new ArrayList<>();
        for (int j = 0; j < decisions.size(); j++) {
            if (decisions.get(j).type().isUsed()) {
                loaders.add(ColumnLoader.inferred(cursor.source(), scans.get(j).name(), decisions.get(j), rows));
                fieldList.add(j);
            }
        }
        int inUse = loaders.size();
        for (int j = 0; j < decisions.size(); j++) {
            Optional<TypeRules.Decision> key =
                    rules.asKey(scans.get(j), decisions.get(j).type());
            if (key.isPresent()) {
                loaders.add(ColumnLoader.inferred(cursor.source(), scans.get(j).name(), key.get(), rows));
                fieldList.add(j);
            }
        }
        ColumnLoader[] columns = loaders.toArray(ColumnLoader[]::new);
        int[] fields = fieldList.stream().mapToInt(Integer::intValue).toArray();
        int loaded = 0;
        boolean sameHeader =
                cursor.header().equals(scans.stream().map(ColumnScan::name).toList());
        while (sameHeader && loaded <= rows && cursor.next()) {
            if (loaded++ < rows) {
                Row row = cursor.row();
                for (int k = 0; k < columns.length; k++) {
                    columns[k].load(row, fields[k], missingTokens);
                }
            }
        }
        if (loaded != rows) {
            throw new DataException(
                    cursor.source(), "it changed while it was read", "read it again when nobody writes to it");
        }
        List<Column> finished = loaders.stream().map(ColumnLoader::finish).toList();
        TableOrigin origin =
                new TableOrigin(cursor.source(), cursor.delimiter(), missingTexts, reports(scans, decisions, finished));
        return Table.of(origin, finished.subList(0, inUse), finished.subList(inUse, finished.size()), rows, 0);
    }

    private static List<ColumnReport> reports(
            List<ColumnScan> scans, List<TypeRules.Decision> decisions, List<Column> finished) {
        List<ColumnReport> reports = new ArrayList<>();
        int next = 0;
        for (int j = 0; j < scans.size(); j++) {
            ColumnScan scan = scans.get(j);
            TypeRules.Decision decision = decisions.get(j);
            int distinct = scan.distinct().count();
            boolean exact = scan.distinct().isComplete();
            if (decision.type().isUsed() && finished.get(next++) instanceof CategoricalColumn column) {
                distinct = column.known().size();
                exact = true;
            }
            reports.add(new ColumnReport(
                    scan.name(), decision.type(), decision.reason(), scan.missing(), distinct, exact, scan.examples()));
        }
        return reports;
    }
}
