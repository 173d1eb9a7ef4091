/// A model in words, for people who check a plan.
public struct ModelWords: Sendable {
    private let plan: ModelPlan
    private let design: DesignMatrix

    public init(_ plan: ModelPlan, design: DesignMatrix) {
        self.plan = plan
        self.design = design
    }

    /// One line per covariate, with the values that were applied.
    public var covariates: [String] {
        plan.covariates.enumerated().map { position, covariate in
            let columns = design.columns.filter { $0.covariate == position }
            switch covariate.kind {
            case .numeric(_, _, let power):
                guard case .numeric(let centre, let scale, _) = columns.first?.content else { return covariate.name }
                return "\(covariate.name): \(Self.formula(covariate.column, centre, scale, power))"
            case .categorical(let coding, let reference):
                return
                    "\(covariate.column): \(columns.count + 1) levels, \(coding.rawValue) coding, reference \(reference)"
            }
        }
    }

    /// What is tested, as the statement that the test may reject.
    public var test: String {
        let count = design.test.count
        switch plan.hypothesis.kind {
        case .mean:
            return plan.covariates.isEmpty
                ? "the mean effect is 0" : "the effect of an average experiment (covariates at their means) is 0"
        case .covariate(let name):
            return count == 1
                ? "the effect does not depend on \(name) (1 coefficient)"
                : "the effect does not depend on \(name) (\(count) coefficients together: "
                    + "\(design.test.map(\.name).joined(separator: ", ")))"
        case .groups(let name):
            let levels = design.adjustedMeans.map(\.name).filter { $0.hasPrefix("\(name)[") }
                .map { String($0.dropFirst(name.count + 1).dropLast()) }
            return "the \(levels.count) groups of \(name) have the same mean (\(levels.joined(separator: ", ")))"
        case .contrast:
            return design.test.map { "\($0.name) = 0" }.joined(separator: " and ")
        }
    }

    /// One line per prediction.
    public var predictions: [String] {
        plan.predictions.map { prediction in
            let settings = prediction.settings.map { "\($0.column) = \($0.value.cell)" }
            return "\(prediction.name): \(settings.isEmpty ? "all at their means" : settings.joined(separator: ", "))"
        }
    }

    private static func formula(_ name: String, _ centre: Double, _ scale: Double, _ power: Int) -> String {
        if centre == 0, scale == 1, power == 1 { return "as it is" }
        func text(_ value: Double) -> String { NumberText.text(value.rounded(digits: 4)) }
        var formula = name
        if centre != 0 { formula = "(\(formula) \(centre < 0 ? "+" : "-") \(text(abs(centre))))" }
        if scale != 1 { formula += " / \(text(scale))" }
        guard power != 1 else { return formula }
        return scale == 1 ? "\(formula)^\(power)" : "(\(formula))^\(power)"
    }
}
