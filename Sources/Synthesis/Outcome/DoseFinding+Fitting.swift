import Evidence
import Statistics

extension DoseFinding {
    /// How the effect goes with the amount a study gave: a straight line, a parabola, and, with enough different
    /// amounts, a restricted cubic spline with three knots (``RestrictedCubicSpline``); nil without a column, or with
    /// fewer than three amounts.
    init?(_ model: OutcomeModel, column: String?) {
        guard let column else { return nil }
        var found: [(Int, Double)] = []
        for (n, effect) in model.effects.enumerated() {
            if let amount = effect.number(column) { found.append((n, amount)) }
        }
        let amounts = found.map(\.1)
        let distinct = Set(amounts).sorted()
        guard distinct.count > 2, let low = distinct.first, let high = distinct.last else { return nil }
        self.column = column
        members = found.map(\.0)
        values = amounts
        let middle = amounts.reduce(0, +) / Double(amounts.count)
        let width = high - low
        var bases: [(String, @Sendable (Double) -> [Double])] = [
            ("linear", { [1, ($0 - middle) / width] }),
            (
                "quadratic",
                { x in
                    let z = (x - middle) / width
                    return [1, z, z * z]
                }
            ),
        ]
        if distinct.count > 4, let spline = try? RestrictedCubicSpline(.harrell(3), values: amounts) {
            bases.append(("spline", { x in [1, (x - middle) / width] + spline(x).dropFirst().map { $0 / width } }))
        }
        curves = []
        for (name, basis) in bases {
            let design = Matrix(rows: amounts.map(basis))
            guard let fit = model.fit(members, design) else { continue }
            let count = design.columns
            func row(_ j: Int) -> [Double] { (0..<count).map { $0 == j ? 1 : 0 } }
            guard let test = fit.joint((1..<count).map(row)) else { continue }
            let points = (0...48).compactMap { step -> LinePoint? in
                let at = low + width * Double(step) / 48
                return fit.contrast(basis(at)).map {
                    LinePoint(at: at, value: $0.value, interval: $0.interval(level: model.settings.level))
                }
            }
            curves.append(
                Curve(
                    name: name, points: points, test: test, bend: count > 2 ? fit.joint([row(2)]) : nil,
                    tau2: fit.tau2))
        }
    }
}
