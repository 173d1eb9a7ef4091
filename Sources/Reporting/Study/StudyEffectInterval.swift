import Figures
import Statistics

/// Intervals of correlations in words.
enum StudyEffectInterval {
    /// `0.34 to 0.95`: of an observed r.
    static func text(r: Double, people: Int) -> String {
        let interval = FisherZ.interval(ofR: r, participants: people)
        return "\(PrettyNumber.fixed(interval.lower, 2)) to \(PrettyNumber.fixed(interval.upper, 2))"
    }
}
