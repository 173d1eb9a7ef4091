internal import Evidence
import Foundation
internal import Statistics

/// Effects from test statistics and correlations.
extension RowNumbers {
    /// t, F with one degree of freedom, or a two-sided p, of two groups.
    mutating func effectOfGroupTest(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        let n1 = try people([.n1i])
        let n2 = try people([.n2i])
        try checkSizes(n1, n2)
        var remarks: [Notice] = []
        let t: Double
        let words: String
        if let told = try takeIfTold(.ti) {
            (t, words) = (told, "t of two groups")
        } else if let f = try takeIfTold(.fi) {
            (t, words) = ((toldDirection ?? 1) * f.squareRoot(), "F of two groups (t = √F)")
            if toldDirection == nil { remarks.append(withoutSign(.fi)) }
        } else {
            let p = try take(.pi)
            let df = StudentT(degreesOfFreedom: n1 + n2 - 2)
            let size = abs(p) < 1 ? df.quantile(upperTail: abs(p) / 2) : 0
            (t, words) = (p < 0 ? -size : (toldDirection ?? 1) * size, "two-sided p of two groups")
            if p > 0, toldDirection == nil { remarks.append(withoutSign(.pi)) }
        }
        let d = GroupEffects.d(fromT: t, n1: n1, n2: n2)
        return MadeEffect(
            value: value(ofD: d, measure, n1, n2), measure: measure, n1: n1, n2: n2, words: words, remarks: remarks)
    }

    /// 1 or −1 by what else the row tells: an effect without its error, or means without their spread; nil where it tells nothing.
    private var toldDirection: Double? {
        let effects = [OutcomeQuantity.yi, .hedgesG, .cohensD].compactMap { row.values[$0] }
        let ratios = [OutcomeQuantity.oddsRatio, .riskRatio].compactMap { row.values[$0].map { $0 - 1 } }
        let means = row.values[.m1i].flatMap { a in row.values[.m2i].map { a - $0 } }
        guard let found = (effects + ratios + [means].compactMap { $0 }).first, found != 0, found.isFinite else {
            return nil
        }
        return found < 0 ? -1 : 1
    }

    /// An F, and a p without a minus, say nothing of the direction.
    private func withoutSign(_ quantity: OutcomeQuantity) -> Notice {
        Notice(
            .warning, code: "sign-unknown", at: row.source,
            "\(name(quantity)) says nothing of the direction; the effect is taken to be above 0.",
            remedy: "Write t with its sign (ti); a p with a minus (-0.03) is one of an effect below 0.")
    }

    mutating func effectOfGroupCorrelation(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        let n1 = try people([.n1i])
        let n2 = try people([.n2i])
        try checkSizes(n1, n2)
        let r = try inner(.ri)
        let d = GroupEffects.d(fromR: r, n1: n1, n2: n2)
        return MadeEffect(
            value: value(ofD: d, measure, n1, n2), measure: measure, n1: n1, n2: n2,
            words: "point-biserial correlation and numbers of two groups")
    }

    mutating func effectOfPairedTest() throws(Refusal) -> MadeEffect {
        let n = try people([.ni, .n1i], least: 3)
        let t = try take(.ti)
        return MadeEffect(
            value: ChangeEffects.byChangeSD(d: t / n.squareRoot(), n: n), measure: .changeByChangeSD, n1: n,
            words: "t of a paired test")
    }

    mutating func effectOfCorrelation(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        let n = try people([.ni, .n1i], least: 4)
        let r = measure == .fisherZ ? try inner(.ri) : try take(.ri)
        guard abs(r) < 1 else { throw perfect(.ri) }
        return MadeEffect(
            value: measure == .fisherZ ? CorrelationEffects.fisherZ(r, n: n) : CorrelationEffects.correlation(r, n: n),
            measure: measure, n1: n, words: "correlation and number of people")
    }

    mutating func effectOfPartialCorrelation(_ measure: OutcomeMeasure) throws(Refusal) -> MadeEffect {
        let n = try people([.ni, .n1i], least: 4)
        let m = try take(.mi)
        let df = n - m - 1
        guard df > 0 else {
            throw Refusal(
                "n-too-small",
                "\(NumberText.text(n)) people and \(NumberText.text(m)) predictors leave no degree of freedom.")
        }
        let isT = has(.ti)
        let r = isT ? CorrelationEffects.partial(fromT: try take(.ti), degreesOfFreedom: df) : try inner(.ri)
        let value =
            measure == .partialFisherZ
            ? CorrelationEffects.partialFisherZ(r, degreesOfFreedom: df)
            : CorrelationEffects.partialCorrelation(r, degreesOfFreedom: df)
        return MadeEffect(
            value: value, measure: measure, n1: n,
            words: isT ? "t of a regression and its predictors" : "partial correlation")
    }

    /// A correlation that is not ±1.
    private mutating func inner(_ quantity: OutcomeQuantity) throws(Refusal) -> Double {
        let r = try take(quantity)
        guard abs(r) < 1 else { throw perfect(quantity) }
        return r
    }

    private func perfect(_ quantity: OutcomeQuantity) -> Refusal {
        Refusal(
            "correlation-perfect",
            "\(name(quantity)) is \(NumberText.text(row.values[quantity] ?? 1)): it has no error.",
            remedy: "Look it up; it may have been rounded.")
    }
}
