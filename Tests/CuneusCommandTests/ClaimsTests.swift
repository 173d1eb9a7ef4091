import Foundation
import TestSupport
import Testing

@Suite("cuneus claims")
struct ClaimsTests {
    private static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Examples/psychotherapy").path

    @Test(
        "the example's ledger makes page, tables, records and a badge per claim; no claim is supported by inferred signs"
    )
    func example() throws {
        let scratch = try Scratch()
        let path = scratch.path
        let outcome = try cuneus("claims", Self.example, "--quiet", "--out", path, "--set", "imputations=5")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        for name in [
            "claims.html", "claims.tsv", "claims_evidence.tsv", "claims_criteria.tsv", "claims.json", "claims.jsonld",
        ] {
            #expect(names.contains(name))
        }
        let ledger = try String(contentsOfFile: "\(Self.example)/claims.yaml", encoding: .utf8)
        let claims = ledger.components(separatedBy: "\n  - name: ").dropFirst().map { $0.prefix { $0 != "\n" } }
        #expect(claims.count >= 20)
        let badges = try FileManager.default.contentsOfDirectory(atPath: "\(path)/badges")
        #expect(Set(badges) == Set(claims.map { "\($0).svg" }))
        let table = try String(contentsOfFile: "\(path)/claims.tsv", encoding: .utf8)
        for name in claims { #expect(table.contains("\n\(name)\t")) }
        #expect(!table.contains("\tsupported\t") && !table.contains("\tcontradicted\t"))
        let page = try String(contentsOfFile: "\(path)/claims.html", encoding: .utf8)
        #expect(page.contains("A demonstration."))
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(path)/claims.json")))
        #expect(((json as? [String: Any])?["claims"] as? [Any])?.count == claims.count)
        _ = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(path)/claims.jsonld")))
    }

    @Test("--new drafts an entry and asks for what the sentence does not say")
    func draft() throws {
        let outcome = try cuneus("claims", Self.example, "--new", "Psychotherapy dampens the amygdala in PTSD")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(outcome.output.contains("region: amygdala") && outcome.output.contains("direction: decrease"))
        #expect(outcome.output.contains("# comparison: ?") && outcome.output.contains("# outcome: ?"))
        #expect(outcome.complaint.contains("questions to answer"))
    }

    @Test("a region outside the mask and a project without a ledger are told, with line and remedy")
    func wrong() throws {
        let scratch = try Scratch()
        let path = scratch.path
        let ledger = "\(path)/l.yaml"
        try """
        claims:
          - name: a
            sentence: s
            said_by: {who: w}
            direction: increase
            region: {name: air, sphere: [90, 90, 90], radius: 5}

        """.write(toFile: ledger, atomically: true, encoding: .utf8)
        let outside = try cuneus("claims", Self.example, "--ledger", ledger, "--out", "\(path)/o", "--quiet")
        #expect(outside.code == 2 && outside.complaint.contains("l.yaml:6"), "\(outside.complaint)")
        let text = try String(contentsOfFile: ledger, encoding: .utf8)
        try text.replacing("sphere: [90, 90, 90], radius: 5", with: "mask: no.nii.gz").write(
            toFile: ledger, atomically: true, encoding: .utf8)
        let missing = try cuneus("claims", Self.example, "--ledger", ledger, "--out", "\(path)/o", "--quiet")
        #expect(missing.code == 2 && missing.complaint.contains("l.yaml:6"), "\(missing.complaint)")
        let none = try cuneus("claims", Self.example, "--ledger", "\(path)/no.yaml", "--quiet")
        #expect(none.code == 2 && none.complaint.contains("--new"), "\(none.complaint)")
    }
}
