/// How well repeated measurements without treatment agree: intraclass correlations of single measurements from a two-way table of
/// subjects by sessions (Shrout & Fleiss 1979, doi:10.1037/0033-2909.86.2.420; intervals McGraw & Wong 1996,
/// doi:10.1037/1082-989X.1.1.30).
public struct IntraclassCorrelation: Hashable, Sendable {
    public let subjects: Int
    public let sessions: Int
    /// ICC(2,1): agreement; sessions are a random sample, and their differences count as error.
    public let agreement: Double
    /// ICC(3,1): consistency; differences of session means do not count. What a change score needs.
    public let consistency: Double
    public let agreementInterval: ClosedRange<Double>
    public let consistencyInterval: ClosedRange<Double>
    public let level: Double
    /// Mean squares: between subjects, between sessions, residual.
    public let subjectSquare: Double
    public let sessionSquare: Double
    public let residualSquare: Double

    /// nil with fewer than 3 subjects, fewer than 2 sessions, a missing value or no spread.
    ///
    /// - Parameter table: [subjects][sessions].
    public init?(_ table: [[Double]], level: Double = 0.95) {
        let n = table.count
        let k = table.first?.count ?? 0
        guard n >= 3, k >= 2, level > 0, level < 1,
            table.allSatisfy({ $0.count == k && $0.allSatisfy(\.isFinite) })
        else { return nil }
        let (dn, dk) = (Double(n), Double(k))
        let grand = table.reduce(0) { $0 + $1.reduce(0, +) } / (dn * dk)
        let rows = table.map { $0.reduce(0, +) / dk }
        let columns = (0..<k).map { j in table.reduce(0) { $0 + $1[j] } / dn }
        let between = dk * rows.reduce(0) { $0 + ($1 - grand) * ($1 - grand) } / (dn - 1)
        let session = dn * columns.reduce(0) { $0 + ($1 - grand) * ($1 - grand) } / (dk - 1)
        var rest = 0.0
        for i in 0..<n {
            for j in 0..<k {
                let e = table[i][j] - rows[i] - columns[j] + grand
                rest += e * e
            }
        }
        let error = rest / ((dn - 1) * (dk - 1))
        guard between > 0, error > 0 else { return nil }
        subjects = n
        sessions = k
        self.level = level
        subjectSquare = between
        sessionSquare = session
        residualSquare = error
        agreement = (between - error) / (between + (dk - 1) * error + dk * (session - error) / dn)
        consistency = (between - error) / (between + (dk - 1) * error)
        let tail = (1 - level) / 2
        let f = between / error
        let low = f / CriticalValue.f(tail, numerator: dn - 1, denominator: (dn - 1) * (dk - 1))
        let high = f * CriticalValue.f(tail, numerator: (dn - 1) * (dk - 1), denominator: dn - 1)
        consistencyInterval = (low - 1) / (low + dk - 1)...(high - 1) / (high + dk - 1)
        // Satterthwaite's degrees of freedom of the mixture of session and residual squares.
        let r = agreement
        let a = dk * r / (dn * (1 - r))
        let b = 1 + dk * r * (dn - 1) / (dn * (1 - r))
        let top = a * session + b * error
        let v = top * top / (a * a * session * session / (dk - 1) + b * b * error * error / ((dn - 1) * (dk - 1)))
        let lower = CriticalValue.f(tail, numerator: dn - 1, denominator: v)
        let upper = CriticalValue.f(tail, numerator: v, denominator: dn - 1)
        let spread = dk * session + (dk * dn - dk - dn) * error
        let ends = (
            dn * (between - lower * error) / (lower * spread + dn * between),
            dn * (upper * between - error) / (spread + dn * upper * between)
        )
        agreementInterval = min(ends.0, ends.1)...max(ends.0, ends.1)
    }

    /// Standard error of a single measurement: the spread of one person's values around the true one, consistency.
    public var standardErrorOfMeasurement: Double { residualSquare.squareRoot() }
}
