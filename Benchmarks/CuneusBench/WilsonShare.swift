import Simulation

/// A share of independent replicates with its 95 % Wilson interval.
struct WilsonShare {
    let share: Double
    let interval: ClosedRange<Double>

    init(_ count: Int, of total: Int) {
        // Of nothing nothing is known.
        share = total > 0 ? Double(count) / Double(total) : .nan
        interval = total > 0 ? MonteCarloShare.wilson(share, trials: Double(total)) : 0...1
    }

    init<Element>(of elements: [Element], _ counts: (Element) -> Bool) {
        self.init(elements.count(where: counts), of: elements.count)
    }

    var low: Double { interval.lowerBound }
    var high: Double { interval.upperBound }
    var percent: String { fixed(100 * share, 1) }
    var words: String { "\(percent) (\(fixed(100 * low, 0))–\(fixed(100 * high, 0)))" }
}
