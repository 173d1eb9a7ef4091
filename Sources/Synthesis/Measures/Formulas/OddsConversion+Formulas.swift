/// Between log odds ratios and standardised mean differences.
///
/// Hasselblad & Hedges (1995, doi:10.1037/0033-2909.117.1.167): d = ln OR·√3/π, if what lies under the two answers is
/// logistic. Cox (1970; Chinn 2000; Sánchez-Meca et al. 2003, doi:10.1037/1082-989X.8.4.448): d = ln OR/1.65, if normal.
extension MeasurementSettings.OddsConversion {
    /// What a log odds ratio is multiplied by to be a standardised difference.
    public var factor: Double {
        switch self {
        case .hasselbladHedges: 3.0.squareRoot() / .pi
        case .cox: 1 / 1.65
        }
    }

    /// Of the way back.
    var inverseWords: String { self == .cox ? "by 1.65 (Cox)" : "by π/√3 (Hasselblad & Hedges)" }

    public var words: String {
        switch self {
        case .hasselbladHedges: "by √3/π (Hasselblad & Hedges)"
        case .cox: "by 1/1.65 (Cox)"
        }
    }
}
