public import Evidence

/// Values of regions in place of images: columns of the table, such as the mean of the left amygdala of each person and session.
public struct ParticipantRegions: Sendable {
    public let names: [String]
    /// By region, one value per row of the design; NaN where it is missing.
    public let values: [[Double]]
    public let notices: [Notice]

    /// - Parameter names: columns of the table.
    /// - Throws: for a column that is not there or holds text, and for one that is constant.
    public init(_ names: [String], of design: ParticipantDesign, table: ParticipantTable) throws(InputError) {
        var errors = ErrorCollector()
        var all: [[Double]] = []
        var found: [String] = []
        var notices: [Notice] = []
        for name in names {
            errors.attempt { () throws(InputError) in
                let column = try table.column(name)
                guard !found.contains(column) else {
                    throw InputError("the region \(column) is named twice.", remedy: "Name each once.")
                }
                var values: [Double] = []
                for row in design.rows {
                    switch table.value(row, column) {
                    case .number(let value) where value.isFinite: values.append(value)
                    case .number, .missing: values.append(.nan)
                    case .text(let text): throw table.textError(column, text, in: row)
                    }
                }
                let present = values.filter { !$0.isNaN }
                guard let first = present.first, present.contains(where: { $0 != first }) else {
                    throw InputError(
                        at: SourceLocation(file: table.path),
                        "\(column) \(present.isEmpty ? "is empty" : "is \(NumberText.text(present[0])) in every row").",
                        remedy: "Name a column with the region's values.")
                }
                if present.count < values.count {
                    notices.append(
                        Notice(
                            .warning, code: "region-missing", at: SourceLocation(file: table.path),
                            "\(column) has no value in \(values.count - present.count) of \(values.count) rows; these people do not count there."
                        ))
                }
                found.append(column)
                all.append(values)
            }
        }
        try errors.finish()
        self.names = found
        values = all
        self.notices = notices
    }

    /// By region, one value per unit of the design.
    public func units(of design: ParticipantDesign) -> [[Double]] {
        values.map { region in
            design.units.map { unit in unit.terms.reduce(0) { $0 + $1.weight * region[$1.row] } }
        }
    }
}
