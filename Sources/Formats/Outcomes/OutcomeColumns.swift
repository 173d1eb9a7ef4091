internal import Evidence

/// Which column of a table is what: by the user's word, by metafor's names, by the names people use.
struct OutcomeColumns {
    private(set) var columns: [OutcomeColumn]
    private(set) var notices: [Notice] = []
    private let table: Table

    /// - Parameter stated: role or quantity to column; `none` as column leaves the role empty.
    init(_ table: Table, stated: [String: String]) throws(InputError) {
        self.table = table
        columns = table.columns.map { OutcomeColumn(name: $0, role: .covariate) }
        let emptied = try take(stated)
        var meanings: [Int: ColumnMeaning] = [:]
        for (index, column) in columns.enumerated() where !column.isStated && isFilled(index) {
            guard let meaning = ColumnMeaning.of(column.name), !emptied.contains(meaning.role) else { continue }
            // A column `effect` of "random" and "fixed", or `PI` of names, has the name of a number only.
            if case .quantity = meaning.role, !holdsDigits(index) { continue }
            meanings[index] = meaning
        }
        keepCells(&meanings)
        let effect = chooseEffect(&meanings)
        keepErrors(&meanings, of: effect)
        dropMeasureWords(&meanings)
        dropOutcomeNumbers(&meanings)
        assign(meanings)
        dropLoneLimits()
        notices.insert(summary, at: 0)
    }

    func index(_ role: OutcomeColumn.Role) -> Int? { columns.firstIndex { $0.role == role } }

    var quantities: [(index: Int, quantity: OutcomeQuantity)] {
        columns.enumerated().compactMap { index, column in
            if case .quantity(let quantity) = column.role { (index, quantity) } else { nil }
        }
    }

    /// Columns of a table beside this one; what a name of this table is, stays.
    mutating func append(_ others: [OutcomeColumn]) {
        let names = Set(columns.map { $0.name.lowercased() })
        columns += others.filter { !names.contains($0.name.lowercased()) }
    }

    // MARK: Stated

    private static let roleNames: [(String, OutcomeColumn.Role)] = [
        ("study", .study), ("author", .author), ("sample", .sample), ("outcome", .outcome), ("region", .region),
        ("region2", .secondRegion), ("modality", .modality), ("year", .year), ("measure", .measure),
    ]

    static func role(named name: String) -> OutcomeColumn.Role? {
        let lower = name.lowercased()
        if let role = roleNames.first(where: { $0.0 == lower })?.1 { return role }
        return OutcomeQuantity(rawValue: lower).map { .quantity($0) }
    }

    /// - Returns: the roles that no column shall have.
    private mutating func take(_ stated: [String: String]) throws(InputError) -> Set<OutcomeColumn.Role> {
        var emptied: Set<OutcomeColumn.Role> = []
        for (key, name) in stated.sorted(by: { $0.key < $1.key }) {
            guard let role = Self.role(named: key) else {
                let known = Self.roleNames.map(\.0) + OutcomeQuantity.allCases.map(\.rawValue)
                throw InputError(
                    at: SourceLocation(file: table.path), "columns: \"\(key)\" is none of what a column can be.",
                    remedy: Nearest.match(key, among: known).map { "Did you mean \"\($0)\"?" }
                        ?? "Known are study, sample, outcome, region, region2, modality, year, measure, and metafor's "
                        + "names of numbers (yi, sei, m1i, ...).")
            }
            emptied.insert(role)
            guard name.lowercased() != "none" else { continue }
            let index = try table.requiredColumn(name)
            let meaning = ColumnMeaning.of(name)
            // A column `or` that is said to be the effect is a ratio still, not a logarithm; a `d` is still uncorrected.
            columns[index].role = role == .quantity(.yi) && meaning?.isEffect == true ? meaning?.role ?? role : role
            columns[index].measure = meaning?.measure
            columns[index].isStated = true
        }
        return emptied
    }

    // MARK: Names

    private func isFilled(_ index: Int) -> Bool {
        table.rows.isEmpty || table.rows.contains { $0.fields[index] != nil }
    }

    private func holdsDigits(_ index: Int) -> Bool {
        table.rows.isEmpty || table.rows.contains { $0.fields[index]?.contains(where: \.isNumber) ?? false }
    }

    private func filled(_ index: Int) -> Int { table.rows.count { $0.fields[index] != nil } }

    /// Bare letters are the cells of a table of counts only where all four stand together.
    private func keepCells(_ meanings: inout [Int: ColumnMeaning]) {
        let letters = columns.indices.filter { ["a", "b", "c", "d"].contains(ColumnWords.plain(columns[$0].name)) }
        guard letters.count < 4 else {
            for index in letters where ColumnWords.plain(columns[index].name) == "d" {
                meanings[index] = ColumnMeaning(.di)
            }
            return
        }
        for index in letters where ColumnWords.plain(columns[index].name) != "d" { meanings[index] = nil }
        // In metafor `di` beside `ai` is a count, alone a standardised difference.
        let isCount = meanings.values.contains { $0.role == .quantity(.ai) }
        for (index, meaning) in meanings where meaning.role == .quantity(.di) && !isCount {
            meanings[index] = ColumnMeaning(.cohensD, rank: 0, measure: "SMD", effect: "d")
        }
        // `CI` alone is an interval in one cell, and `M` and `F` are men and women.
        let names = Dictionary(grouping: columns.indices, by: { ColumnWords.plain(columns[$0].name) })
        for index in names["ci"] ?? [] where !isCount { meanings[index] = nil }
        for index in names["f"] ?? [] where names["m"] != nil { meanings[index] = nil }
    }

    private static let order: [OutcomeQuantity] = [.yi, .hedgesG, .cohensD, .oddsRatio, .riskRatio]

    /// A table gives one effect: metafor's `yi` before others, then the column that more rows fill, then g before d.
    private mutating func chooseEffect(_ meanings: inout [Int: ColumnMeaning]) -> ColumnMeaning? {
        let stated = columns.indices.first { index in
            columns[index].isStated && ColumnMeaning(columns[index].role).isEffect
        }
        if let stated {
            for (index, meaning) in meanings where meaning.isEffect { leave(index, for: stated, &meanings) }
            return ColumnMeaning.of(columns[stated].name).flatMap { $0.isEffect ? $0 : nil }
                ?? ColumnMeaning(columns[stated].role)
        }
        let candidates = meanings.filter(\.value.isEffect)
        func key(_ index: Int) -> (Int, Int, Int, Int) {
            guard let meaning = meanings[index], case .quantity(let quantity) = meaning.role else {
                return (.max, 0, 0, index)
            }
            let rank = quantity == .yi && meaning.rank == 0 ? 0 : max(meaning.rank, 1)
            return (rank, -filled(index), Self.order.firstIndex(of: quantity) ?? .max, index)
        }
        guard let best = candidates.keys.min(by: { key($0) < key($1) }) else { return nil }
        for index in candidates.keys.sorted() where index != best { leave(index, for: best, &meanings) }
        return meanings[best]
    }

    private mutating func leave(_ index: Int, for taken: Int, _ meanings: inout [Int: ColumnMeaning]) {
        meanings[index] = nil
        notices.append(
            Notice(
                .note, code: "effect-left-aside", at: SourceLocation(file: table.path, line: table.headerLine),
                "column \"\(columns[index].name)\" could be the effect too; \"\(columns[taken].name)\" was taken.",
                remedy: "To take it, state columns: {yi: \(columns[index].name)}."))
    }

    /// Errors and limits that belong to another effect than the one taken are covariates.
    private func keepErrors(_ meanings: inout [Int: ColumnMeaning], of effect: ColumnMeaning?) {
        for (index, meaning) in meanings where meaning.isError {
            guard let effect else {
                meanings[index] = nil
                continue
            }
            let own = effect.effect ?? "yi"
            // The error of a ratio's logarithm is what is pooled.
            if let stem = meaning.effect, stem != own, stem != "log\(own)" { meanings[index] = nil }
        }
        // `se_g` is closer to `g` than `se` is.
        for (index, meaning) in meanings where meaning.isError && meaning.effect == nil && meaning.rank > 0 {
            let isNamed = meanings.values.contains { $0.role == meaning.role && $0.effect != nil }
            if isNamed { meanings[index] = nil }
        }
    }

    /// A column `measure` of names of scales says nothing of effects.
    private mutating func dropMeasureWords(_ meanings: inout [Int: ColumnMeaning]) {
        for (index, meaning) in meanings where meaning.role == .measure {
            let row = table.rows.first { row in row.fields[index].map { !OutcomeColumn.namesMeasure($0) } ?? false }
            guard let row, let text = row.fields[index] else { continue }
            meanings[index] = nil
            notices.append(
                Notice(
                    .note, code: "measure-column", at: table.location(row),
                    "column \"\(columns[index].name)\" holds \"\(text)\", no measure of effect; it is taken for a covariate.",
                    remedy: "If its rows are different outcomes, state columns: {outcome: \(columns[index].name)}."))
        }
    }

    /// Numbers in a column `outcome` count results; they do not name what was measured.
    private mutating func dropOutcomeNumbers(_ meanings: inout [Int: ColumnMeaning]) {
        for (index, meaning) in meanings where meaning.role == .outcome {
            let cells = table.rows.compactMap { $0.fields[index] }
            guard cells.count > 1, cells.allSatisfy({ WrittenNumber($0) != nil }) else { continue }
            meanings[index] = nil
            notices.append(
                Notice(
                    .note, code: "outcome-numbers", at: SourceLocation(file: table.path, line: table.headerLine),
                    "column \"\(columns[index].name)\" holds numbers; it is taken for a covariate, and all rows for one outcome.",
                    remedy: "If they are outcomes, state columns: {outcome: \(columns[index].name)}."))
        }
    }

    /// Where two columns can be one thing neither is taken: a guess would be seen by nobody.
    private mutating func assign(_ meanings: [Int: ColumnMeaning]) {
        let byRole = Dictionary(grouping: meanings.keys.sorted(), by: { meanings[$0]?.role ?? .covariate })
        var unsure: Set<OutcomeColumn.Role> = []
        for (role, indices) in byRole.sorted(by: { ($0.value.first ?? 0) < ($1.value.first ?? 0) }) {
            let least = indices.compactMap { meanings[$0]?.rank }.min() ?? 0
            let best = oneOfTwins(indices.filter { meanings[$0]?.rank == least })
            guard best.count == 1, let index = best.first else {
                unsure.insert(role)
                tellBoth(best, role)
                continue
            }
            columns[index].role = role
            columns[index].measure = meanings[index]?.measure
        }
        // Events without their own totals would be set against the n of the means.
        for (total, events) in [(OutcomeQuantity.total1i, OutcomeQuantity.ai), (.total2i, .ci)]
        where unsure.contains(.quantity(total)) {
            if let index = index(.quantity(events)), !columns[index].isStated { columns[index].role = .covariate }
        }
    }

    private mutating func tellBoth(_ indices: [Int], _ role: OutcomeColumn.Role) {
        let names = indices.map { "\"\(columns[$0].name)\"" }.joined(separator: " and ")
        let differs = table.rows.first { row in Set(indices.compactMap { row.fields[$0] }).count > 1 }
        notices.append(
            Notice(
                .warning, code: "columns-ambiguous",
                at: SourceLocation(file: table.path, line: differs?.line ?? table.headerLine),
                "columns \(names) can both be \(Self.name(role)), and differ here; neither was taken.",
                remedy: "State which: columns: {\(Self.name(role)): \(columns[indices[0]].name)}, or rename one."))
    }

    /// Of columns with one name but for its signs (`event_arm1`, `.event_arm1`) that never contradict each other, the fullest.
    private mutating func oneOfTwins(_ indices: [Int]) -> [Int] {
        guard indices.count > 1, Set(indices.map { ColumnWords.plain(columns[$0].name) }).count == 1 else {
            return indices
        }
        let agree = table.rows.allSatisfy { row in Set(indices.compactMap { row.fields[$0] }).count <= 1 }
        guard agree, let best = indices.max(by: { (filled($0), -$0) < (filled($1), -$1) }) else { return indices }
        for index in indices where index != best {
            notices.append(
                Notice(
                    .note, code: "column-left-aside", at: SourceLocation(file: table.path, line: table.headerLine),
                    "column \"\(columns[index].name)\" says what \"\(columns[best].name)\" says; the fuller was taken.")
            )
        }
        return [best]
    }

    /// One limit without the other is no interval.
    private mutating func dropLoneLimits() {
        let (lower, upper) = (index(.quantity(.lower)), index(.quantity(.upper)))
        if let lower, upper == nil, !columns[lower].isStated { columns[lower].role = .covariate }
        if let upper, lower == nil, !columns[upper].isStated { columns[upper].role = .covariate }
    }

    static func name(_ role: OutcomeColumn.Role) -> String {
        switch role {
        case .quantity(let quantity): quantity.rawValue
        case .covariate: "a covariate"
        default: roleNames.first { $0.1 == role }?.0 ?? ""
        }
    }

    // MARK: What was taken

    private var summary: Notice {
        let taken = columns.filter { $0.role != .covariate }.map { column in
            let role = Self.name(column.role)
            let measure = column.measure.map { ", \($0)" } ?? ""
            return role == column.name ? role : "\(role) from \"\(column.name)\"\(measure)"
        }
        let covariates = columns.count { $0.role == .covariate }
        return Notice(
            .note, code: "columns-taken", at: SourceLocation(file: table.path, line: table.headerLine),
            taken.isEmpty
                ? "no column has a known name."
                : "columns were taken as: \(taken.joined(separator: "; ")); \(covariates) others are covariates.")
    }
}
