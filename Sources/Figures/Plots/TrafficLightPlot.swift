/// Risk of bias, a row per study and a column per domain, as the Cochrane tools print it: a colour and a sign, so that
/// it reads without colours too.
package struct TrafficLightPlot: Sendable {
    package enum Light: Sendable {
        case low, some, high, unknown

        var sign: String {
            switch self {
            case .low: "+"
            case .some: "–"
            case .high: "×"
            case .unknown: "?"
            }
        }

        var style: String {
            switch self {
            case .low: "light-low"
            case .some: "light-some"
            case .high: "light-high"
            case .unknown: "open frame"
            }
        }
    }

    let studies: [(name: String, lights: [Light])]
    let domains: [String]
    let identifier: String

    /// - Parameter studies: a light per domain each.
    package init(_ studies: [(name: String, lights: [Light])], domains: [String], identifier: String) {
        self.studies = studies.filter { $0.lights.count == domains.count }
        self.domains = domains
        self.identifier = identifier
    }

    package var html: HTML {
        guard !studies.isEmpty, !domains.isEmpty else { return HTML() }
        let names = 230.0
        let column = max(34.0, min(90.0, 520 / Double(domains.count)))
        let width = names + column * Double(domains.count) + 10
        let row = 20.0
        let top = 30.0
        var plot = Plot()
        for (n, domain) in domains.enumerated() {
            plot.text(
                names + column * (Double(n) + 0.5), 14, Plot.shortened(domain, to: Int(column / 6.2)), .middle, "head")
        }
        plot.line(0, 21, width, 21, "axis")
        for (n, study) in studies.enumerated() {
            let y = top + row * (Double(n) + 0.5) - 4
            plot.text(0, y + 4, Plot.shortened(study.name, to: 36))
            for (k, light) in study.lights.enumerated() {
                let x = names + column * (Double(k) + 0.5)
                plot.circle(x, y, radius: 7.5, light.style)
                plot.text(x, y + 4, light.sign, .middle, "sign")
            }
        }
        let height = top + row * Double(studies.count) + 26
        let legend: [(Light, String)] = [
            (.low, "low risk"), (.some, "some concerns"), (.high, "high risk"), (.unknown, "not known"),
        ]
        for (n, (light, words)) in legend.enumerated() {
            let x = 8 + 128 * Double(n)
            plot.circle(x, height - 12, radius: 7.5, light.style)
            plot.text(x, height - 8, light.sign, .middle, "sign")
            plot.text(x + 13, height - 8, words, .start, "soft")
        }
        return plot.svg(width: max(width, 420), height: height, identifier: identifier, description: description)
    }

    private var description: String {
        let low = studies.count { $0.lights.allSatisfy { $0 == .low } }
        return "Risk of bias of \(PrettyNumber.plural(studies.count, "study", "studies")) in "
            + "\(PrettyNumber.plural(domains.count, "domain")); \(low) at low risk throughout."
    }
}
