import Statistics

/// Each person as a point, in one column or in a column for each group, with the mean and its 95 % interval beside them.
package struct PeoplePlot {
    package struct Group {
        var name: String
        var people: [(name: String, value: Double)]

        package init(name: String, people: [(name: String, value: Double)]) {
            self.name = name
            self.people = people.filter(\.value.isFinite)
        }
    }

    let groups: [Group]
    let unit: String
    let identifier: String

    package init(groups: [Group], unit: String, identifier: String) {
        self.groups = groups
        self.unit = unit
        self.identifier = identifier
    }

    private static let left = 62.0
    private static let top = 14.0
    private static let base = 262.0
    private static let step = 150.0

    package var html: HTML {
        let all = groups.flatMap { $0.people.map(\.value) }
        guard let least = all.min(), let most = all.max() else { return HTML() }
        // 0 is what the values are held against.
        let (low, high) = (min(least, 0), max(most, 0))
        let room = max(0.06 * (high - low), 1e-9)
        let y = PlotAxis(low - room...high + room, from: Self.base, to: Self.top)
        let width = Self.left + 30 + Self.step * Double(groups.count) + 30
        var plot = Plot()
        plot.axis(y, leftOf: Self.left, name: unit)
        plot.line(Self.left, y(0), width - 10, y(0), "zero")
        for (n, group) in groups.enumerated() {
            let centre = Self.left + 40 + Self.step * (Double(n) + 0.35)
            plot.text(centre, Self.base + 18, Plot.shortened(group.name, to: 24), .middle)
            draw(group, centre, y, &plot)
        }
        let description = groups.map { group in
            "\(group.name): \(PrettyNumber.plural(group.people.count, "person", "people")), \(group.people.count { $0.value > 0 }) above 0"
        }
        return plot.svg(
            width: width, height: Self.base + 28, identifier: identifier,
            description: "A point for each person. \(description.joined(separator: "; ")).")
    }

    private func draw(_ group: Group, _ centre: Double, _ y: PlotAxis, _ plot: inout Plot) {
        let sorted = group.people.sorted { ($0.value, $0.name) < ($1.value, $1.name) }
        let mean = sorted.map(\.value).reduce(0, +) / Double(max(sorted.count, 1))
        let isNamed = sorted.count <= 24
        var above = -Double.infinity
        for (n, person) in sorted.enumerated().reversed() {
            let isWith = person.value * mean > 0
            let x = isNamed ? centre : centre + Double(n % 5 - 2) * 6
            plot.circle(x, y(person.value), radius: 3, isWith ? "mark" : "mark open")
            guard isNamed else { continue }
            let at = max(y(person.value), above + 9.5)
            above = at
            plot.text(centre + 8, at + 3, Plot.shortened(person.name, to: 9), .start, "tiny")
        }
        guard sorted.count > 1 else { return }
        let variance = sorted.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / Double(sorted.count - 1)
        let t = StudentT(degreesOfFreedom: sorted.count - 1).quantile(upperTail: 0.025)
        let half = t * (variance / Double(sorted.count)).squareRoot()
        plot.line(centre - 16, y.clamped(mean - half), centre - 16, y.clamped(mean + half), "prediction")
        plot.circle(centre - 16, y(mean), radius: 4.5, "pooled")
    }
}
