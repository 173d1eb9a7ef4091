import Evidence
import Imaging

/// The points of an analysis as peaks.
struct StudysetPoints {
    let assumptions: ProjectReader.Assumptions
    /// For what is told once.
    var withoutSpace = Tally()
    var unknownSpaces: Set<String> = []
    var leftOut = Tally()
    var ignoredValues = Tally()
    /// Points ticked as deactivations: with a value that says so itself, with one that does not, and without any.
    var deactivationsWithSign = Tally()
    var deactivationsByFlag = Tally()
    var deactivationsWithoutValue = Tally()
    /// Values of 0, which no peak has.
    var zeroValues = Tally()
    var notices: [Notice] = []

    struct Tally {
        var count = 0
        var first: SourceLocation?

        mutating func add(_ source: SourceLocation) {
            count += 1
            if first == nil { first = source }
        }
    }

    /// Points left out one by one in messages; the rest are counted.
    private static let toldOneByOne = 20

    mutating func peaks(
        _ points: [JSONValue], basis: StatisticBasis, of name: String, file: String, line: Int
    ) -> [Peak] {
        var peaks: [Peak] = []
        peaks.reserveCapacity(points.count)
        for (index, point) in points.enumerated() {
            let object = point.object
            let source = SourceLocation(file: file, line: object.map(\.line) ?? line)
            guard let object, let coordinate = Self.coordinate(object["coordinates"]) else {
                leaveOut("points[\(index)]", of: name, at: source)
                continue
            }
            let (height, reported) = height(
                object["values"], isDeactivation: Self.isTrue(object["deactivation"]), basis: basis, at: source)
            peaks.append(
                Peak(
                    coordinate: coordinate, space: space(object["space"], at: source), height: height,
                    reported: reported, note: object["note"].words, source: source))
        }
        return peaks
    }

    /// A tick as JSON and spreadsheets write it.
    private static func isTrue(_ value: JSONValue) -> Bool {
        switch value {
        case .bool(let flag): flag
        case .number(let number): number == 1
        case .text(let text): ["true", "yes", "1"].contains(text.trimmingBlanks.lowercased())
        default: false
        }
    }

    mutating func leaveOut(_ what: String, of name: String, at source: SourceLocation) {
        leftOut.add(source)
        guard leftOut.count <= Self.toldOneByOne else { return }
        notices.append(
            Notice(
                .warning, code: "point-left-out", at: source,
                "\(what) of \(name) has no three numbers as coordinates; it is left out.",
                remedy: "Write \"coordinates\": [x, y, z] in mm, or remove the point."))
    }

    static func coordinate(_ value: JSONValue) -> SIMD3<Double>? {
        guard let list = value.list, list.count == 3 else { return nil }
        guard let x = list[0].double, let y = list[1].double, let z = list[2].double else { return nil }
        return [x, y, z]
    }

    mutating func space(_ value: JSONValue, at source: SourceLocation) -> CoordinateSpace {
        if let words = value.words {
            if let space = CoordinateSpace(spelling: words) { return space }
            if !["unknown", "other"].contains(words.lowercased()) { unknownSpaces.insert(words) }
        }
        if let assumed = assumptions.space { return assumed }
        withoutSpace.add(source)
        return .mni
    }

    /// The first usable statistic, t before z before the others.
    ///
    /// A tick at `deactivation` says that the point is a decrease, whatever the sign of its value: curators type the t of a
    /// table of decreases without a minus. `false` is NeuroStore's default and says nothing. A value of 0 is an empty cell: no
    /// peak has it.
    private mutating func height(
        _ values: JSONValue, isDeactivation: Bool, basis: StatisticBasis, at source: SourceLocation
    ) -> (Peak.Height, Peak.Reported?) {
        guard let (kind, value) = statistic(values, at: source) else {
            if isDeactivation { deactivationsWithoutValue.add(source) }
            return (isDeactivation ? .negative : assumptions.sign?.height ?? .unknown, nil)
        }
        if isDeactivation {
            if value < 0 { deactivationsWithSign.add(source) } else { deactivationsByFlag.add(source) }
        }
        let signed = isDeactivation ? -abs(value) : value
        let direction = signed < 0 ? Peak.Height.negative : .positive
        guard let statistic = kind.statistic else { return (direction, nil) }
        if statistic == .t { return (.t(signed), nil) }
        let reported = Peak.Reported(statistic: statistic, value: signed)
        guard let t = reported.t(basis) else { return (direction, nil) }
        return (.t(t), reported)
    }

    /// The most useful of a point's values that is a number other than 0.
    private mutating func statistic(_ values: JSONValue, at source: SourceLocation) -> (PointValue, Double)? {
        var given: [PointValue: Double] = [:]
        for item in values.list ?? [] {
            guard let item = item.object, let number = item["value"].double else { continue }
            guard let kind = item["kind"].words.flatMap(PointValue.init(reading:)) else {
                ignoredValues.add(source)
                continue
            }
            guard number != 0 else {
                zeroValues.add(source)
                continue
            }
            if given[kind] == nil { given[kind] = number }
        }
        guard let kind = PointValue.allCases.first(where: { given[$0] != nil }), let value = given[kind] else {
            return nil
        }
        return (kind, value)
    }

    /// How many points were read as decreases because they are ticked so, and on what grounds.
    private var deactivations: Notice? {
        let kinds = [deactivationsByFlag, deactivationsWithSign, deactivationsWithoutValue]
        let count = kinds.reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        var parts: [String] = []
        if deactivationsByFlag.count > 0 { parts.append("\(deactivationsByFlag.count) with a value without a minus") }
        if deactivationsWithSign.count > 0 { parts.append("\(deactivationsWithSign.count) with a negative value") }
        if deactivationsWithoutValue.count > 0 { parts.append("\(deactivationsWithoutValue.count) without a value") }
        return Notice(
            .note, code: "deactivation", at: kinds.first { $0.count > 0 }?.first,
            "\(count) point\(count == 1 ? " is ticked as a deactivation and is read as a decrease" : "s are ticked as deactivations and are read as decreases"): "
                + "\(parts.joined(separator: ", ")).")
    }

    /// What is told once for the whole file.
    var summary: [Notice] {
        var result = notices
        if leftOut.count > Self.toldOneByOne {
            result.append(
                Notice(
                    .warning, code: "point-left-out", at: leftOut.first,
                    "\(leftOut.count) points in all have no three numbers as coordinates and are left out."))
        }
        if withoutSpace.count > 0 {
            let unknown =
                unknownSpaces.isEmpty
                ? "" : " (or one that is not known: \(unknownSpaces.sorted().prefix(5).joined(separator: ", ")))"
            result.append(
                Notice(
                    .error, code: "space-missing", at: withoutSpace.first,
                    "\(withoutSpace.count) point\(withoutSpace.count == 1 ? " has" : "s have") no space\(unknown).",
                    remedy: "Look it up in the papers; when it is the same for all of them, say --space mni or "
                        + "--space talairach. Points that name a space keep theirs."))
        } else if !unknownSpaces.isEmpty {
            result.append(
                Notice(
                    .warning, code: "space-unknown",
                    "spaces that are not known (\(unknownSpaces.sorted().prefix(5).joined(separator: ", "))) were taken "
                        + "for the one assumed."))
        }
        result += [deactivations].compactMap { $0 }
        if zeroValues.count > 0 {
            result.append(
                Notice(
                    .warning, code: "value-zero", at: zeroValues.first,
                    "\(zeroValues.count) value\(zeroValues.count == 1 ? " of a point is" : "s of points are") 0, which no "
                        + "reported peak has; taken for missing, and the point's next value is used.",
                    remedy: "Correct the value, or remove it."))
        }
        if ignoredValues.count > 0 {
            result.append(
                Notice(
                    .note, code: "value-unused", at: ignoredValues.first,
                    "\(ignoredValues.count) values of points are neither t, z, r nor of another known kind, and are not used."
                ))
        }
        return result
    }
}

/// Kinds of values of points, most useful first.
enum PointValue: String, CaseIterable {
    case t = "T"
    case z = "Z"
    case r = "R"
    /// One numerator degree of freedom, a negative number for a decrease.
    case f = "F (signed, 1 df)"
    /// One-tailed, a negative number for a decrease.
    case p = "p (signed, one-tailed)"
    /// 1 or −1: the direction and nothing else.
    case sign = "sign"

    /// An unsigned F or p says no direction, so plain "F" and "p" are not taken.
    init?(reading kind: String) {
        let word = kind.lowercased().filter { !" -_".contains($0) }
        switch word {
        case "t", "tstat", "tstatistic", "tvalue", "tscore", "tmap": self = .t
        case "z", "zstat", "zstatistic", "zvalue", "zscore", "zmap": self = .z
        case "r", "correlation", "pearsonr": self = .r
        default:
            guard let own = PointValue(rawValue: kind) else { return nil }
            self = own
        }
    }

    var statistic: Peak.Reported.Statistic? {
        switch self {
        case .t: .t
        case .z: .z
        case .r: .r
        case .f: .f
        case .p: .p
        case .sign: nil
        }
    }
}
