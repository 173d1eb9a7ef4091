import Evidence
import Statistics

extension OutcomeBias {
    /// Needs three studies for a regression; ten for it to mean anything (Sterne et al. 2011, doi:10.1136/bmj.d4002), which
    /// the notes say.
    init(_ means: StudyMeans, model: OutcomeModel, scale: OutcomeScale) {
        self.init()
        let (y, v) = (means.effects, means.variances)
        basis = model.hasDependence ? "one mean per study" : "effects"
        guard y.count > 2 else { return }
        let few = y.count < 10 ? "fewer than ten studies: hardly any power" : ""
        egger(y, v, few)
        petPeese(y, v, few)
        trimAndFill(y, v)
        excess(y, v)
        failSafe(y, v)
        fewer(model, scale)
    }

    private mutating func egger(_ y: [Double], _ v: [Double], _ few: String) {
        guard let test = try? SmallStudyRegression(effects: y, variances: v) else { return }
        egger = EggerLine(limit: test.limit.value, slope: test.asymmetry.value)
        rows.append(Row("Egger regression (random effects)", .test, "slope", test.asymmetry, note: few))
    }

    private mutating func petPeese(_ y: [Double], _ v: [Double], _ few: String) {
        guard let both = try? PETPEESE(effects: y, variances: v) else { return }
        rows.append(Row("PET", .corrected, "mean", both.pet.limit, note: few))
        rows.append(Row("PEESE", .corrected, "mean", both.peese.limit, note: few))
        rows.append(
            Row(
                "PET-PEESE", .corrected, "mean", both.conditional,
                note: both.usesPEESE ? "PEESE, as PET finds an effect" : "PET, which finds no effect"))
    }

    private mutating func trimAndFill(_ y: [Double], _ v: [Double]) {
        guard let fill = try? TrimAndFill(effects: y, variances: v) else { return }
        filled = zip(fill.filledEffects, fill.filledVariances).map { ($0, $1.squareRoot()) }
        let side = fill.side == .below ? "below" : "above"
        rows.append(
            Row(
                "trim and fill", .corrected, "mean", fill.adjusted.coefficient(0),
                note: "\(fill.missing) studies filled in \(side)"))
    }

    private mutating func excess(_ y: [Double], _ v: [Double]) {
        guard let pooled = try? MetaRegression(effects: y, variances: v, estimator: .fixed) else { return }
        let test = ExcessSignificance(effects: y, variances: v, trueEffect: pooled.coefficients[0])
        rows.append(
            Row(
                "excess significance", .test, "observed significant studies", value: Double(test.observed),
                pValue: test.chiSquareP,
                note: "expected \(NumberText.fixed(test.expected, 1)) of \(test.studies) at the common effect"))
    }

    private mutating func failSafe(_ y: [Double], _ v: [Double]) {
        let count = FailSafeNumber(effects: y, variances: v)
        rows.append(Row("fail-safe N (Rosenthal)", .count, "studies without effect", value: Double(count.rosenthal)))
        rows.append(Row("fail-safe N (Rosenberg)", .count, "studies without effect", value: Double(count.rosenberg)))
    }

    /// With several effects per study, Egger's slope also by the model of levels itself.
    private mutating func fewer(_ model: OutcomeModel, _ scale: OutcomeScale) {
        guard model.rule == .threeLevel || model.rule == .correlated else { return }
        let errors = model.effects.map(\.standardError)
        let design = Matrix(columns: [Array(repeating: 1, count: errors.count), errors])
        guard let fit = model.fit(Array(errors.indices), design), let slope = fit.coefficient(1) else { return }
        rows.insert(
            Row(
                "Egger regression (three levels, CR2)", .test, "slope", slope,
                note: "all effects, clustered by study"), at: 0)
    }
}
