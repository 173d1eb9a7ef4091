import Statistics

/// A number of each person against a score: with the line of least squares and its 95 % band, so that a reader sees whether one
/// person makes the correlation.
package struct PeopleScatter {
    package struct Person {
        var name: String
        var score: Double
        var value: Double

        package init(name: String, score: Double, value: Double) {
            self.name = name
            self.score = score
            self.value = value
        }
    }

    let people: [Person]
    let scoreName: String
    let unit: String
    let identifier: String

    package init(people: [Person], scoreName: String, unit: String, identifier: String) {
        self.people = people.filter { $0.score.isFinite && $0.value.isFinite }
        self.scoreName = scoreName
        self.unit = unit
        self.identifier = identifier
    }

    private static let width = 470.0
    private static let left = 62.0
    private static let right = 440.0
    private static let top = 14.0
    private static let base = 262.0

    package var html: HTML {
        let count = Double(people.count)
        let scores = people.map(\.score)
        guard people.count > 2, let low = scores.min(), let high = scores.max(), high > low else { return HTML() }
        let (mx, my) = (scores.reduce(0, +) / count, people.map(\.value).reduce(0, +) / count)
        let sxx = scores.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        let slope = people.reduce(0) { $0 + ($1.score - mx) * ($1.value - my) } / sxx
        let rest = people.reduce(0) { sum, one in
            let error = one.value - my - slope * (one.score - mx)
            return sum + error * error
        }
        let deviation = (rest / (count - 2)).squareRoot()
        let t = StudentT(degreesOfFreedom: people.count - 2).quantile(upperTail: 0.025)
        let margin = 0.06 * (high - low)
        let x = PlotAxis(low - margin...high + margin, from: Self.left + 6, to: Self.right)
        let line = (0...40).map { step -> (x: Double, fit: Double, half: Double) in
            let at = low + (high - low) * Double(step) / 40
            let half = t * deviation * (1 / count + (at - mx) * (at - mx) / sxx).squareRoot()
            return (at, my + slope * (at - mx), half)
        }
        let heights = people.map(\.value) + line.flatMap { [$0.fit - $0.half, $0.fit + $0.half] }
        let (least, most) = (heights.min() ?? 0, heights.max() ?? 1)
        let room = max(0.04 * (most - least), 1e-9)
        let y = PlotAxis(least - room...most + room, from: Self.base, to: Self.top)
        var plot = Plot()
        let upper = line.map { (x($0.x), y($0.fit + $0.half)) }
        let lower = line.map { (x($0.x), y($0.fit - $0.half)) }
        plot.polygon(upper + lower.reversed(), "band")
        if y.range.contains(0) { plot.line(Self.left + 6, y(0), Self.right, y(0), "rule") }
        if x.range.contains(0) { plot.line(x(0), Self.top, x(0), Self.base, "rule") }
        plot.curve(line.map { (x($0.x), y($0.fit)) }, "fit")
        for person in people {
            plot.circle(x(person.score), y(person.value), radius: 3.2, "mark")
            if people.count <= 30 {
                plot.text(
                    x(person.score) + 5, y(person.value) - 4, Plot.shortened(person.name, to: 9), .start, "tiny")
            }
        }
        plot.axis(x, below: Self.base, name: scoreName)
        plot.axis(y, leftOf: Self.left, name: unit)
        return plot.svg(
            width: Self.width, height: Self.base + 38, identifier: identifier,
            description:
                "\(unit) against \(scoreName) of \(people.count) people, with the fitted line and its 95 % band.")
    }
}
