import Evidence
import Statistics

extension SubgroupFinding {
    /// Means of groups from one model with a column per group and a common spread; nil without a column, or with one
    /// group.
    init?(_ model: OutcomeModel, column: String?) {
        guard let column else { return nil }
        func cell(_ n: Int) -> String { model.effects[n].group(column) ?? "" }
        let rows = model.effects.indices.filter { model.effects[$0].group(column) != nil }
        var names: [String] = []
        for n in rows where !names.contains(cell(n)) { names.append(cell(n)) }
        names.sort { Self.isBefore($0, $1) }
        guard names.count > 1, rows.count > names.count else { return nil }
        let indicators = Matrix(columns: names.map { name in rows.map { cell($0) == name ? 1 : 0 } })
        guard let fit = model.fit(rows, indicators) else { return nil }
        let differences = names.indices.dropFirst().map { g in
            names.indices.map { $0 == 0 ? -1.0 : $0 == g ? 1 : 0 }
        }
        guard let between = fit.joint(differences) else { return nil }
        self.column = column
        self.between = between
        omitted = model.effects.count - rows.count
        groups = names.indices.compactMap { g in
            guard let estimate = fit.coefficient(g) else { return nil }
            let members = rows.filter { cell($0) == names[g] }
            let studies = Set(members.map { model.studies[$0] }).count
            return Group(
                name: names[g], members: members, studies: studies, estimate: estimate,
                interval: estimate.interval(level: model.settings.level),
                prediction: studies > 2
                    ? estimate.predictionInterval(
                        tau2: fit.tau2,
                        degreesOfFreedom: model.settings.prediction.degreesOfFreedom(studies: studies),
                        level: model.settings.level) : nil)
        }
    }

    /// Numbers by size, else by letters.
    private static func isBefore(_ a: String, _ b: String) -> Bool {
        if let x = NumberText.parse(a), let y = NumberText.parse(b) { return x < y }
        return a < b
    }
}
