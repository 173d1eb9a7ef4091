import Evidence
import Imaging
import Testing

@Suite("Checks of tables of one sign")
struct DirectionChecksTests {
    private func peak(_ index: Int, _ height: Peak.Height) -> Peak {
        // Places and statistics in which no other check sees a slip.
        Peak(
            coordinate: [Double(index * 7 - 20), Double(index * index) - 30, Double(index * 5)], space: .mni,
            height: height, source: .init(file: "peaks.tsv", line: index + 2))
    }

    private func experiment(
        _ id: String, _ heights: [Peak.Height], says direction: ReportedDirection? = nil, line: Int = 2
    ) -> Experiment {
        Experiment(
            id: id, study: id, sample: id, n1: 20, tThreshold: 3.5, direction: direction,
            report: .peaks(heights.enumerated().map { peak($0.offset, $0.element) }),
            source: .init(file: "studies.tsv", line: line))
    }

    private func check(_ experiments: [Experiment], methods: [AnalysisMethod] = [.sdmPSI]) -> [Notice] {
        var settings = Settings()
        settings.methods = methods
        let project = Project(name: "p", format: .native, experiments: experiments, settings: settings)
        return ProjectCheck.run(project).filter { $0.code.contains("direction") }
    }

    private let increases: [Peak.Height] = [.t(4), .t(5), .positive, .t(4.5), .positive]

    @Test("five peaks of one sign and nothing said: the column is asked for, with what to write and why")
    func asked() throws {
        let notices = check([experiment("A", increases)])
        let notice = try #require(notices.first)
        #expect(notices.count == 1)
        #expect(notice.code == "one-direction" && notice.severity == .note)
        #expect(notice.location == SourceLocation(file: "studies.tsv", line: 2))
        #expect(
            notice.message
                == "experiment \"A\" has 5 peaks, all of one sign; nothing says whether the other sign would have been reported."
        )
        let remedy = notice.remedy ?? ""
        #expect(remedy.contains("Write both, increases or decreases in the column direction of studies.tsv"))
        #expect(remedy.contains("between plus and minus the threshold"))
        #expect(check([experiment("A", Array(repeating: .negative, count: 6))]).map(\.code) == ["one-direction"])
    }

    @Test("not of four peaks, of both signs, of one without a sign, or where it is said")
    func notAsked() {
        #expect(check([experiment("A", Array(increases.dropLast()))]).isEmpty)
        #expect(check([experiment("A", increases + [.t(-4)])]).isEmpty)
        #expect(check([experiment("A", increases + [.unknown])]).isEmpty)
        #expect(check([experiment("A", [])]).isEmpty)
        for direction in [ReportedDirection.both, .increases] {
            #expect(check([experiment("A", increases, says: direction)]).isEmpty)
        }
    }

    @Test("many experiments are one notice, with their number and the first three")
    func counted() {
        let names = ["A", "B", "C", "D", "E"]
        let experiments = names.enumerated().map { experiment($0.element, increases, line: $0.offset + 2) }
        let notices = check([experiment("Silent", [])] + experiments + [experiment("Both", increases, says: .both)])
        #expect(
            notices.map(\.message) == [
                "5 experiments have 5 or more peaks, all of one sign (\"A\", \"B\", \"C\" ...); nothing says whether the other sign would have been reported."
            ])
        #expect(check(Array(experiments.prefix(2))).first?.message.contains("2 experiments") == true)
        #expect(check(Array(experiments.prefix(3))).first?.message.contains("(\"A\", \"B\", \"C\");") == true)
    }

    @Test("methods of coordinates alone do not ask")
    func coordinates() {
        #expect(check([experiment("A", increases)], methods: [.ale]).isEmpty)
        #expect(check([experiment("A", increases)], methods: [.ale, .sdmPSI]).count == 1)
    }

    @Test("a peak against its table's direction is named, once for an experiment")
    func contradicted() throws {
        let notices = check([
            experiment("A", [.t(5), .t(-4.2), .negative], says: .increases),
            experiment("B", [.negative, .t(4)], says: .decreases),
            experiment("C", [.t(5), .t(-5)], says: .both), experiment("D", [.unknown, .t(5)], says: .increases),
        ])
        try #require(notices.map(\.code) == ["direction-contradicted", "direction-contradicted"])
        #expect(notices.allSatisfy { $0.severity == .warning && $0.location?.line == 3 })
        #expect(
            notices[0].message
                == "experiment \"A\" is said to report increases only, but its peak at (-13, -29, 5) is negative, as 1 more of its peaks."
        )
        #expect(
            notices[1].message
                == "experiment \"B\" is said to report decreases only, but its peak at (-13, -29, 5) is positive.")
    }
}
