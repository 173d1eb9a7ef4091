import Evidence
import Statistics

extension ModeratorFinding {
    /// Each column or formula by itself, then, of several columns, all of them together.
    static func all(_ model: OutcomeModel, columns: [String]) -> [ModeratorFinding] {
        let known = Set(model.effects.flatMap(\.cells.keys))
        let plain = columns.filter(known.contains)
        let sets = columns.map { [$0] } + (plain.count > 1 ? [plain] : [])
        return sets.compactMap { set in
            if let design = set.allSatisfy(known.contains) ? OutcomeDesign(model.effects, columns: set) : nil {
                return ModeratorFinding(model, columns: set, design: design)
            }
            let design = set.first.flatMap { try? OutcomeDesign(model.effects, formula: $0) }
            return design.flatMap { ModeratorFinding(model, columns: set, design: $0) }
        }
    }

    init?(_ model: OutcomeModel, columns: [String], design: OutcomeDesign) {
        let ones = Matrix(rows: design.rows.count, columns: 1, repeating: 1)
        guard design.names.count > 1, let fit = model.fit(design), let plain = model.fit(design.rows, ones) else {
            return nil
        }
        let width = design.names.count
        let tested = (1..<width).map { j in (0..<width).map { $0 == j ? 1.0 : 0 } }
        guard let test = fit.joint(tested) else { return nil }
        self.columns = columns
        self.design = design
        self.test = test
        tau2 = fit.tau2
        explained = plain.tau2 > 0 ? max(0, 1 - fit.tau2 / plain.tau2) : nil
        permutation = model.settings.permutations.flatMap { count in
            model.regression(design).flatMap { try? ModeratorPermutation($0, permutations: count) }
        }
        omitted = model.effects.count - design.rows.count
        coefficients = design.names.indices.compactMap { j in
            fit.coefficient(j).map {
                Coefficient(name: design.names[j], estimate: $0, interval: $0.interval(level: model.settings.level))
            }
        }
        values = []
        line = []
        guard columns.count == 1, let centre = design.terms.first?.centre, width == 2 else { return }
        values = design.matrix.column(1).map { $0 + centre }
        guard let low = values.min(), let high = values.max(), low < high else { return }
        line = (0...48).compactMap { step in
            let at = low + (high - low) * Double(step) / 48
            return fit.contrast([1, at - centre]).map {
                LinePoint(at: at, value: $0.value, interval: $0.interval(level: model.settings.level))
            }
        }
    }
}
