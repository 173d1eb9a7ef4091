import Evidence
import Statistics

extension OutcomeBias {
    /// Needs three studies for a regression; ten for it to mean anything (Sterne et al. 2011, doi:10.1136/bmj.d4002),
    /// which the notes say.
    init(_ means: StudyMeans, model: OutcomeModel, scale: OutcomeScale) {
        self.init()
        level = model.settings.level
        let (y, v) = (means.effects, means.variances)
        basis = model.hasDependence ? "one mean per study" : "effects"
        guard y.count > 2, scale.measure.hasNullValue else { return }
        let few = y.count < 10 ? "fewer than ten studies: hardly any power" : ""
        levelled(model)
        egger(y, v, few)
        eggerBySize(means, model, few)
        rank(y, v, few)
        petPeese(y, v, few)
        trimAndFill(y, v)
        selection(y, v, few)
        pCurve(y, v)
        excess(y, v)
        failSafe(y, v)
    }

    private mutating func egger(_ y: [Double], _ v: [Double], _ few: String) {
        if let test = try? EggerTest(effects: y, variances: v) {
            egger = test.limit.map { EggerLine(limit: $0.value, slope: test.asymmetry.value) }
            rows.append(
                Row("Egger regression (random effects)", .test, "slope", test.asymmetry, level: level, note: few))
        }
        if let test = try? EggerTest(effects: y, variances: v, dispersion: .multiplicative) {
            rows.append(
                Row("Egger regression (weighted, original)", .test, "slope", test.asymmetry, level: level, note: few))
        }
    }

    /// On 1/√n, which an effect does not enter by itself: for standardised differences and odds ratios.
    private mutating func eggerBySize(_ means: StudyMeans, _ model: OutcomeModel, _ few: String) {
        let sizes = means.members.map { member in member.compactMap { model.effects[$0].participants }.max() ?? 0 }
        guard sizes.allSatisfy({ $0 > 0 }),
            let test = try? EggerTest(
                effects: means.effects, variances: means.variances, sampleSizes: sizes.map(Double.init),
                predictor: .inverseRootSampleSize)
        else { return }
        rows.append(Row("Egger regression (on 1/√n)", .test, "slope", test.asymmetry, level: level, note: few))
    }

    private mutating func rank(_ y: [Double], _ v: [Double], _ few: String) {
        guard let test = try? RankCorrelationTest(effects: y, variances: v) else { return }
        rows.append(
            Row("rank correlation (Begg)", .test, "Kendall’s τ", value: test.tau, pValue: test.pValue, note: few))
    }

    private mutating func petPeese(_ y: [Double], _ v: [Double], _ few: String) {
        guard let both = try? PETPEESE(effects: y, variances: v) else { return }
        rows.append(Row("PET", .corrected, "mean", both.pet.limit, level: level, note: few))
        rows.append(Row("PEESE", .corrected, "mean", both.peese.limit, level: level, note: few))
        rows.append(
            Row(
                "PET-PEESE", .corrected, "mean", both.conditional, level: level,
                note: both.usesPEESE ? "PEESE, as PET finds an effect" : "PET, which finds no effect"))
    }

    private mutating func trimAndFill(_ y: [Double], _ v: [Double]) {
        guard let fill = try? TrimAndFill(effects: y, variances: v) else { return }
        filled = zip(fill.filledEffects, fill.filledVariances).map { ($0, $1.squareRoot()) }
        let side = fill.side == .below ? "below" : "above"
        rows.append(
            Row(
                "trim and fill", .corrected, "mean", fill.adjusted.coefficient(0), level: level,
                note: "\(fill.missing) \(fill.missing == 1 ? "study" : "studies") filled in \(side)"))
    }

    /// Not with fewer than five studies: three parameters would be fitted to them.
    private mutating func selection(_ y: [Double], _ v: [Double], _ few: String) {
        guard y.count > 4, let plain = try? MetaRegression(effects: y, variances: v, estimator: .fixed) else { return }
        let side: SelectionSteps.Side = plain.coefficients[0] < 0 ? .less : .greater
        let models: [(String, SelectionSteps)] = [
            ("selection model (three parameters)", .threeParameter(side: side)),
            ("selection model (four parameters)", .fourParameter(side: side)),
        ]
        for (name, steps) in models {
            guard let model = try? SelectionModel(effects: y, variances: v, steps: steps),
                model.counts.allSatisfy({ $0 > 0 }), model.weightsAtBound.isEmpty
            else { continue }
            let weight = model.weights.last?.value ?? .nan
            var note = "weight of results that are not significant \(NumberText.significant(weight, 2))"
            var row = Row(name, .corrected, "mean", model.mean, level: level)
            // Errors of few studies are too small here; the likelihood says so (Docs/synthesis-bias.md).
            if let profile = model.profileInterval(of: .coefficient(0), level: level), profile.lower.isFinite,
                profile.upper.isFinite
            {
                row.interval = profile
                note += "; interval by the likelihood"
            }
            row.note = few.isEmpty ? note : "\(note); \(few)"
            rows.append(row)
            if let test = model.selectionTest {
                rows.append(
                    Row(
                        "\(name): selection?", .test, "likelihood ratio χ²", value: test.statistic,
                        statistic: test.statistic, degreesOfFreedom: test.degreesOfFreedom, pValue: test.pValue,
                        note: few))
            }
        }
    }

    private mutating func pCurve(_ y: [Double], _ v: [Double]) {
        let curve = PCurve(effects: y, variances: v)
        guard curve.significant.count > 2, let skew = curve.rightSkew else { return }
        let value =
            curve.hasEvidentialValue
            ? "evidential value"
            : curve.isInadequate ? "evidence out of reach" : "neither evidential value nor its absence"
        rows.append(
            Row(
                "p-curve", .count, "significant results", value: Double(curve.significant.count), statistic: skew.z,
                pValue: skew.pValue, note: "right skew: \(value)"))
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
    private mutating func levelled(_ model: OutcomeModel) {
        guard model.rule == .threeLevel || model.rule == .correlated else { return }
        let errors = model.effects.map(\.standardError)
        let design = Matrix(columns: [Array(repeating: 1, count: errors.count), errors])
        guard let fit = model.fit(Array(errors.indices), design), let slope = fit.coefficient(1) else { return }
        rows.append(
            Row(
                "Egger regression (three levels, CR2)", .test, "slope", slope, level: level,
                note: "all effects, clustered by study"))
    }
}
