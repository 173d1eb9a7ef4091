import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("What a map is said to hold against its header")
struct MapStatisticTests {
    @Test("every contradiction is an error, both ways: else a stale header or a wrong name chooses the number")
    func pairs() throws {
        // NIfTI's codes of r, t, F, z, χ², p, ln p, log10 p; 0, 1001 (estimate) and 2003 (RGB) say nothing of a statistic.
        let own: [MapStatistic: Int] = [.r: 2, .t: 3, .z: 5, .p: 22, .logP: 24]
        for statistic in MapStatistic.allCases {
            for code in [0, 2, 3, 4, 5, 6, 22, 23, 24, 1001, 2003] {
                let fits = own[statistic] == code || !(2...24).contains(code)
                var isRefused = false
                do throws(InputError) {
                    try statistic.check(Intent(code: code), of: "a.nii")
                } catch {
                    isRefused = true
                    #expect(error.message.contains("intent code \(code)"))
                }
                #expect(isRefused == !fits, "\(statistic) \(code)")
            }
        }
    }

    @Test("degrees of freedom of the header are held against the sample's")
    func degreesOfFreedom() throws {
        let header = Intent.tTest(degreesOfFreedom: 99)
        try MapStatistic.t.check(header, of: "a.nii", degreesOfFreedom: 99)
        try MapStatistic.t.check(header, of: "a.nii")
        let told = problem { try MapStatistic.t.check(header, of: "a.nii", degreesOfFreedom: 19) }
        #expect(told.contains("99") && told.contains("19"))
        #expect(throws: InputError.self) {
            try MapStatistic.r.check(.correlation(degreesOfFreedom: 99), of: "a.nii", degreesOfFreedom: 18)
        }
    }

    @Test("a name that says t is not read as z; one that says nothing leaves it to the header, with a note")
    func names() throws {
        let file = try MapFile(MapFile.noise(3), intent: .zScore)
        #expect(problem { try file.read(as: .t) }.contains("taken as t, but its header says z"))
        #expect(problem { try file.read(as: .g) }.contains("taken as Hedges' g, but its header says z"))
        let bare = try file.read(as: .t, isStated: false)
        #expect(bare.notices.map(\.code) == ["map-kind"])
        #expect(bare.effects == (try file.read(as: .z)).effects)
        let t = try MapFile(MapFile.noise(3), intent: .tTest(degreesOfFreedom: 19))
        #expect(problem { try t.read(as: .z) }.contains("taken as z, but its header says t"))
        #expect(try t.read(as: .t, isStated: false).notices.isEmpty)
    }
}
