import Statistics

/// Each person as a line from session to session: who changed, who did not.
///
/// Lines that go with the mean are solid, those against it dashed, so that the two are told apart without colours. The mean of all
/// is drawn thick, with its 95 % interval. Of groups each has a panel of its own, on one axis.
package struct SpaghettiPlot {
    package struct Person {
        var name: String
        /// One per session; NaN where there is none.
        var values: [Double]
        /// Position of the panel.
        var group: Int

        package init(name: String, values: [Double], group: Int = 0) {
            self.name = name
            self.values = values
            self.group = group
        }
    }

    let people: [Person]
    let sessions: [String]
    /// Names of the panels; empty for one without a name.
    let groups: [String]
    let unit: String
    let identifier: String

    package init(people: [Person], sessions: [String], groups: [String] = [], unit: String, identifier: String) {
        self.people = people
        self.sessions = sessions
        self.groups = groups
        self.unit = unit
        self.identifier = identifier
    }

    private static let left = 62.0
    private static let top = 26.0
    private static let base = 262.0
    private static let names = 58.0

    /// How many people go the way of the mean from the first session to the last, of those with both.
    package var share: (with: Int, of: Int) {
        let changes = people.compactMap(change)
        let mean = changes.reduce(0, +)
        return (changes.count { $0 * mean > 0 }, changes.count)
    }

    private func change(_ person: Person) -> Double? {
        guard let first = person.values.first, let last = person.values.last, first.isFinite, last.isFinite else {
            return nil
        }
        return last - first
    }

    package var html: HTML {
        let all = people.flatMap(\.values).filter(\.isFinite)
        guard sessions.count > 1, let low = all.min(), let high = all.max() else { return HTML() }
        let room = max(0.06 * (high - low), 1e-9)
        let y = PlotAxis(low - room...high + room, from: Self.base, to: Self.top)
        let panels = max(groups.count, 1)
        let span = max(250.0, 130 * Double(sessions.count - 1))
        var plot = Plot()
        plot.axis(y, leftOf: Self.left, name: unit)
        var right = Self.left
        for panel in 0..<panels {
            let start = Self.left + 24 + Double(panel) * (span + Self.names + 20)
            let x = sessions.indices.map { start + span * Double($0) / Double(sessions.count - 1) }
            right = start + span + Self.names
            if y.range.contains(0) { plot.line(start - 18, y(0), start + span + 8, y(0), "rule") }
            if groups.count > 1 { plot.text(start + span / 2, 14, groups[panel], .middle, "head") }
            for (n, name) in sessions.enumerated() { plot.text(x[n], Self.base + 18, name, .middle) }
            draw(people.filter { $0.group == panel || panels == 1 }, x, y, &plot)
        }
        let share = share
        let description =
            "A line for each of \(PrettyNumber.plural(people.count, "person", "people")) over \(sessions.joined(separator: ", ")): "
            + "\(share.with) of \(share.of) go the way of the mean."
        return plot.svg(width: right + 4, height: Self.base + 28, identifier: identifier, description: description)
    }

    private func draw(_ members: [Person], _ x: [Double], _ y: PlotAxis, _ plot: inout Plot) {
        let means = sessions.indices.map { n in Self.mean(members.compactMap { $0.values[checked: n] }) }
        let direction = means.count > 1 ? (means[means.count - 1].value - means[0].value) : 0
        var labels: [(y: Double, name: String)] = []
        for person in members {
            let goesWith = (change(person) ?? 0) * direction > 0
            let points = person.values.indices.filter { person.values[$0].isFinite && $0 < x.count }
                .map { (x[$0], y(person.values[$0])) }
            plot.curve(points, goesWith ? "person" : "person against")
            for point in points { plot.circle(point.0, point.1, radius: 2.2, goesWith ? "mark" : "mark open") }
            if let last = points.last { labels.append((last.1, person.name)) }
        }
        for (n, mean) in means.enumerated() where mean.value.isFinite {
            plot.line(x[n], y.clamped(mean.value - mean.half), x[n], y.clamped(mean.value + mean.half), "prediction")
        }
        plot.curve(means.enumerated().filter { $0.1.value.isFinite }.map { (x[$0.0], y($0.1.value)) }, "fit thick")
        // Names that would cover each other are pushed apart, downwards.
        var floor = -Double.infinity
        for label in labels.sorted(by: { ($0.y, $0.name) < ($1.y, $1.name) }) {
            let at = max(label.y, floor + 9.5)
            floor = at
            if let last = x.last { plot.text(last + 7, at + 3, Plot.shortened(label.name, to: 9), .start, "tiny") }
        }
    }

    /// The mean with half of its 95 % interval; NaN without values.
    private static func mean(_ values: [Double]) -> (value: Double, half: Double) {
        let present = values.filter(\.isFinite)
        guard present.count > 1 else { return (present.first ?? .nan, 0) }
        let count = Double(present.count)
        let mean = present.reduce(0, +) / count
        let variance = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let t = StudentT(degreesOfFreedom: present.count - 1).quantile(upperTail: 0.025)
        return (mean, t * (variance / count).squareRoot())
    }
}

extension Array {
    fileprivate subscript(checked index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
