package import Appraisal
import Statistics

/// Which studies make the heterogeneity, and which the result: each study's part of Cochran's Q against what leaving it out
/// does to the pooled effect (``BaujatPoint``). Named are those that stand out on either axis.
package struct BaujatPlot {
    let points: [BaujatPoint]
    let names: [String: String]
    let identifier: String

    /// - Parameter names: what studies are called, by id; the id itself where there is none.
    package init(_ points: [BaujatPoint], names: [String: String] = [:], identifier: String) {
        self.points = points.filter { $0.heterogeneity.isFinite && $0.influence.isFinite }
        self.names = names
        self.identifier = identifier
    }

    /// Names beyond these would cover one another.
    private static let mostNames = 6

    /// Nothing with fewer than two studies.
    package var html: HTML {
        guard points.count > 1 else { return HTML() }
        let most = points.map(\.heterogeneity).max() ?? 1
        let highest = points.map(\.influence).max() ?? 1
        let x = ScatterFrame.across(0...1.06 * max(most, 1e-6))
        let y = ScatterFrame.upwards(0...1.1 * max(highest, 1e-6))
        var plot = Plot()
        for point in points {
            plot.circle(
                x(point.heterogeneity), y(point.influence), radius: 4, point.source.isReported ? "mark" : "mark open")
        }
        for point in named(most, highest) {
            let at = x(point.heterogeneity)
            let isRight = at > 0.62 * (ScatterFrame.left + ScatterFrame.right)
            let name = Plot.shortened(names[point.id] ?? point.id, to: 28)
            plot.text(at + (isRight ? -8 : 8), y(point.influence) + 4, name, isRight ? .end : .start, "name")
        }
        return plot.scatter(
            x, "Part of heterogeneity Q", y, "Influence on the pooled effect", identifier: identifier,
            description: description)
    }

    /// Those farthest out, whose names do not lie on one another.
    private func named(_ most: Double, _ highest: Double) -> [BaujatPoint] {
        func reach(_ point: BaujatPoint) -> Double {
            max(point.heterogeneity / max(most, 1e-12), point.influence / max(highest, 1e-12))
        }
        var chosen: [BaujatPoint] = []
        for point in points.sorted(by: { (reach($1), $0.id) < (reach($0), $1.id) }) where reach(point) > 0.2 {
            let isFree = chosen.allSatisfy { other in
                abs(other.influence - point.influence) > 0.05 * highest
                    || abs(other.heterogeneity - point.heterogeneity) > 0.4 * most
            }
            if isFree { chosen.append(point) }
            if chosen.count == Self.mostNames { break }
        }
        return chosen
    }

    private var description: String {
        let loudest = points.max { $0.heterogeneity < $1.heterogeneity }
        let strongest = points.max { $0.influence < $1.influence }
        func name(_ point: BaujatPoint?) -> String { point.map { names[$0.id] ?? $0.id } ?? "–" }
        let total = points.reduce(0) { $0 + $1.heterogeneity }
        return
            "Baujat plot of \(PrettyNumber.plural(points.count, "study", "studies")): \(name(loudest)) adds most to Q "
            + "(\(PrettyNumber.fixed(loudest?.heterogeneity ?? .nan, 2)) of \(PrettyNumber.fixed(total, 2))), "
            + "\(name(strongest)) moves the pooled effect most "
            + "(\(PrettyNumber.fixed(strongest?.influence ?? .nan, 2)))."
    }
}
