/// Whether the corrected p that a model asks for can be had, and what it would be worth.
enum CorrectionChecks {
    /// From this share of peaks of one sign on, a permutation of subjects finds something in most sets of studies without a
    /// common effect (Docs/family-wise-error.md).
    static let oneSidedShare = 0.9

    /// A covariate that correlates with n at least as much is hardly told from it: 8 to 15 % errors in simulations.
    static let confounding = 0.5

    static func notices(_ experiments: [Experiment], _ model: ModelPlan, _ settings: Settings) -> [Notice] {
        permutations(model, settings) + oneSided(experiments, model, settings)
            + confounded(experiments, model, settings)
    }

    private static func confounded(
        _ experiments: [Experiment], _ model: ModelPlan, _ settings: Settings
    ) -> [Notice] {
        guard settings.testsCovariates(of: model),
            let design = try? DesignMatrix(model, experiments: experiments, samples: .separate),
            design.rowCount == experiments.count
        else { return [] }
        let sizes = experiments.map { Double($0.n) }
        let count = design.columns.count
        return design.columns.indices.dropFirst().compactMap { column in
            let values = experiments.indices.map { design.values[$0 * count + column] }
            let name = design.columns[column].name
            guard name.lowercased() != "n", let r = correlation(values, sizes), abs(r) >= confounding else {
                return nil
            }
            return Notice(
                .warning, code: "covariate-and-size", at: model.source,
                "covariate \"\(name)\" of model \"\(model.name)\" correlates with the number of participants "
                    + "(r = \((100 * r).rounded() / 100)): what looks like its effect may be that of study size.",
                remedy: "Add n to the covariates, and read the model's p with care.")
        }
    }

    private static func correlation(_ x: [Double], _ y: [Double]) -> Double? {
        let n = Double(x.count)
        guard x.count > 2, x.count == y.count else { return nil }
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let (sx, sy) = (x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }, y.reduce(0) { $0 + ($1 - my) * ($1 - my) })
        guard sx > 0, sy > 0 else { return nil }
        return zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) } / (sx * sy).squareRoot()
    }

    /// `permutations` does nothing where corrected p come from relocated peaks: said, lest somebody wait for them.
    private static func permutations(_ model: ModelPlan, _ settings: Settings) -> [Notice] {
        guard settings.mainMethod == .effects, model.isMeanOnly, settings.permutations > 0 else { return [] }
        return [
            Notice(
                .note, code: "permutations-unused", at: model.source,
                "model \"\(model.name)\" corrects p by \(settings.relocations) relocations of peaks (method effects); "
                    + "permutations = \(settings.permutations) is for models with covariates and for method sdm-psi.",
                remedy: "Leave permutations out, or ask for method: sdm-psi.")
        ]
    }

    private static func oneSided(
        _ experiments: [Experiment], _ model: ModelPlan, _ settings: Settings
    ) -> [Notice] {
        guard settings.methods.contains(.sdmPSI), settings.permutations > 0, model.isMeanOnly else { return [] }
        let signs = experiments.flatMap { $0.peaks.map(\.height.sign) }.filter { $0 != 0 }
        let most = max(signs.count { $0 > 0 }, signs.count { $0 < 0 })
        guard !signs.isEmpty, Double(most) > oneSidedShare * Double(signs.count) else { return [] }
        return [
            Notice(
                .warning, code: "one-sided-permutation", at: model.source,
                "\(most) of the \(signs.count) peaks of model \"\(model.name)\" have one sign; the permutation of subjects "
                    + "then finds something in most sets of studies that have no effect in common.",
                remedy: "Take the corrected p of method: effects (relocated peaks), and see Docs/family-wise-error.md.")
        ]
    }
}
