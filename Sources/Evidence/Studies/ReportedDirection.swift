/// Which signs a paper's table was to show.
///
/// Where a table is silent, an effect is taken to lie between −b and b, b the effect at the threshold. The lower of these
/// bounds assumes that a decrease beyond −b would have been printed, which a table of increases only does not promise.
/// Dropping it would leave the mean without a lower end, so it stays, and the direction serves to describe and to warn.
public enum ReportedDirection: String, Hashable, Sendable, CaseIterable {
    /// Increases and decreases, whatever was found of each.
    case both
    /// Positive peaks only; decreases were not looked for, or stand elsewhere.
    case increases
    /// Negative peaks only.
    case decreases

    /// Whether a table of this direction may hold a peak of this height; one without a known sign, always.
    public func allows(_ height: Peak.Height) -> Bool {
        switch self {
        case .both: true
        case .increases: height.sign >= 0
        case .decreases: height.sign <= 0
        }
    }
}
